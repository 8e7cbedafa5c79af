export function DemoPhonePage() {
  return <h1 className="text-xl font-semibold">Demo phone</h1>;
}
