import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestCertificate {
  cert: string;
  key: string;
}

/** For tests: an authority of their own, and what it signs. Made by the openssl of the machine. */
export interface TestAuthority {
  /** Its own certificate, PEM. */
  ca: string;
  /** For a name or an address, e.g. `DNS:sip.example` or `IP:127.0.0.1`; `days` below 0: expired. */
  sign(subject: string, days?: number): TestCertificate;
  close(): void;
}

export function testAuthority(): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-ca-'));
  const path = (name: string) => join(folder, name);
  const openssl = (...args: string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  const newKey = (name: string) =>
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', name);
  newKey('ca.key');
  const ofAuthority = ['-key', 'ca.key', '-subj', '/CN=Test authority', '-days', '2'];
  openssl('req', '-x509', '-new', ...ofAuthority, '-out', 'ca.pem');
  return {
    ca: readFileSync(path('ca.pem'), 'utf8'),
    sign(subject, days = 2) {
      newKey('key');
      openssl('req', '-new', '-key', 'key', '-subj', '/CN=test', '-out', 'csr');
      writeFileSync(path('ext'), `subjectAltName=${subject}`);
      const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'ext'];
      openssl('x509', '-req', '-in', 'csr', ...by, '-days', String(days), '-out', 'cert');
      return { cert: readFileSync(path('cert'), 'utf8'), key: readFileSync(path('key'), 'utf8') };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
