export function WorkPage() {
  return <h1 className="text-xl font-semibold">Work</h1>;
}
