/** Holds the table's place while it is on its way, so that nothing jumps. */
export function TableSkeleton() {
  return (
    <div role="status" className="flex flex-col">
      <span className="sr-only">Loading the calls</span>
      <div className="h-9 rounded-t-lg bg-sunken" />
      {Array.from({ length: 8 }, (_, row) => (
        <div key={row} className="flex h-16 items-center gap-6 border-t px-4">
          <div className="h-3.5 w-16 animate-pulse rounded bg-sunken" />
          <div className="h-3.5 w-1/3 animate-pulse rounded bg-sunken" />
          <div className="ml-auto h-3.5 w-20 animate-pulse rounded bg-sunken" />
        </div>
      ))}
    </div>
  );
}
