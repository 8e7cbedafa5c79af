export function RunningCall() {
  return null;
}
