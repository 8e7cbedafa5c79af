/** lost: it was there, or should be, and is being tried again. closed: nobody wants it. */
export type LiveStatus = 'connecting' | 'open' | 'lost' | 'closed';
