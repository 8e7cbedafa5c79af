import type { ReactNode } from 'react';

export function PhoneProvider({ children }: { children: ReactNode }) {
  return children;
}
