import { Cable } from 'lucide-react';

/** Explains what a trunk is, and what to have at hand before one is made. */
export function NoTrunks() {
  return (
    <div className="flex flex-col items-center gap-4 px-4 py-12">
      <Cable aria-hidden className="size-8 text-muted" strokeWidth={1.5} />
      <div className="max-w-prose text-center text-pretty">
        <p className="text-lg font-medium">No trunks yet</p>
        <p className="text-muted">
          A SIP trunk is a telephone line over the internet. With one, agents reach any phone in the
          world; without one, only the demo customers can be rung.
        </p>
      </div>
      <div className="w-full max-w-prose rounded-md bg-sunken px-4 py-3">
        <p className="font-medium">Ask your telephone company for</p>
        <ul className="mt-1 list-disc pl-5 text-muted marker:text-line-strong">
          <li>the host name of its SIP server, and whether it wants UDP, TCP or TLS</li>
          <li>a user name and a password, or that it lets your public address in without them</li>
          <li>the numbers that are yours, to be shown to whom you call</li>
          <li>how many calls there may be at once</li>
        </ul>
      </div>
    </div>
  );
}
