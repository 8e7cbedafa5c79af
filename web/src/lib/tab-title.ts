import { useEffect, useRef } from 'react';

/** Stands in the browser's tab in place of the page's own title; null gives it back. */
export function useTabTitle(words: string | null): void {
  const title = useRef<HTMLTitleElement | null>(null);
  const shown = words !== null;
  useEffect(() => {
    if (!shown) return;
    const element = document.createElement('title');
    title.current = element;
    const release = keepFirst(element);
    return () => {
      title.current = null;
      release();
    };
  }, [shown]);
  useEffect(() => {
    if (title.current !== null) title.current.textContent = words;
  }, [words]);
}

/**
 * The first title counts (HTML §3.1.5), and React puts a new page's in front of what is there. The
 * pages' own titles are React's and are left alone. Returns: take it away again.
 */
function keepFirst(element: HTMLTitleElement): () => void {
  const { head } = document;
  const put = () => {
    if (head.querySelector('title') !== element) head.prepend(element);
  };
  const watch = new MutationObserver(put);
  watch.observe(head, { childList: true });
  put();
  return () => {
    watch.disconnect();
    element.remove();
  };
}
