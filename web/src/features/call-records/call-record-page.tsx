export function CallRecordPage() {
  return <h1>CallRecordPage</h1>;
}
