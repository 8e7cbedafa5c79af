/**
 * What a downloaded recording is called: "2026-11-22 1437 Ada Lovelace to 07700 900001.mp3". Times
 * are UTC, as the server has no better zone. Characters that some system refuses in file names are
 * left out.
 */
export function fileNameOf(call: {
  createdAt: number;
  agent: string;
  /** As people write it. */
  customer: string;
}): string {
  const at = new Date(call.createdAt).toISOString();
  const when = `${at.slice(0, 10)} ${at.slice(11, 13)}${at.slice(14, 16)}`;
  return `${when} ${plain(call.agent)} to ${plain(call.customer)}.mp3`;
}

function plain(text: string): string {
  const spaced = text.replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, ' ');
  return (
    spaced
      .replaceAll(/\s+/gu, ' ')
      .replace(/^[ .]+/, '')
      .trim()
      .slice(0, 80) || 'unknown'
  );
}

/**
 * Content-Disposition with a name of any letters (RFC 6266 §4.3, RFC 8187 §3.2), and a plain one
 * beside it for old readers.
 */
export function contentDisposition(kind: 'inline' | 'attachment', fileName: string): string {
  const ascii = fileName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
