export function CallRecordsPage() {
  return <h1>CallRecordsPage</h1>;
}
