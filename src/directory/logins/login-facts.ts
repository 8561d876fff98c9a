import type { DirectoryView } from '../directory-tables.ts';
import type { LoginAttemptRow } from '../../store/login-attempt.ts';

/** A row of the log of logins, for people and programs. */
export interface LoginFacts {
  /** ISO 8601. */
  readonly first: string;
  readonly last: string;
  readonly count: number;
  readonly result: string;
  readonly protocol: string;
  readonly mechanism: string;
  readonly login: string;
  readonly address: string;
  readonly localAddress: string;
  /** null: without TLS. */
  readonly tls: string | null;
  /** What the client calls itself: IMAP ID, or its name in EHLO. */
  readonly client: string | null;
  /** `app-password ID` or `tls-public-key FINGERPRINT`. */
  readonly proof: string | null;
  /** What its owner calls it, while it is there. */
  readonly proofName: string | null;
}

export function loginFacts(view: DirectoryView, row: LoginAttemptRow): LoginFacts {
  const [kind, id = ''] = row.proof.split(' ');
  const named = kind === 'app-password' ? view.appPasswords.get(id) : view.tlsPublicKeys.get(id);
  return {
    first: new Date(row.firstAtMs).toISOString(),
    last: new Date(row.lastAtMs).toISOString(),
    count: row.count,
    result: row.result,
    protocol: row.protocol,
    mechanism: row.mechanism,
    login: row.login,
    address: row.remoteAddress,
    localAddress: row.localAddress,
    tls: row.tls === '' ? null : row.tls,
    client: row.client === '' ? null : row.client,
    proof: row.proof === '' ? null : row.proof,
    proofName: named?.name ?? null,
  };
}
