import { createHash } from 'node:crypto';

import type { LoginAttemptRow } from '../../store/login-attempt.ts';
import type { LoginProof, LoginProtocol } from '../directory.ts';

/** How an attempt ended. spec/protocols.md section 3.4. */
export type LoginResult =
  | 'ok'
  /** Nobody has the login, the key or the token. */
  | 'baduser'
  | 'badpassword'
  /** The channel binding of SCRAM does not fit the connection: somebody may sit between. */
  | 'badchanbind'
  /** Right credentials, but of another account than the certificate's, or for another identity. */
  | 'badcreds'
  | 'logindisabled'
  /** Begun, and given up or broken off. */
  | 'aborted'
  /** Not looked at: too many failures of the network or of the login. */
  | 'limited'
  /** Could not be judged now, such as a token whose issuer does not answer. */
  | 'error';

/** What a face knows of an attempt. */
export interface LoginAttempt {
  readonly protocol: LoginProtocol;
  /** `PLAIN`, `LOGIN`, …; `certificate` when TLS alone logged in. */
  readonly mechanism: string;
  /** As the client gave it; '' where the mechanism names none. */
  readonly login: string;
  readonly remoteAddress: string;
  readonly localAddress: string;
  /** Version of TLS; undefined without. */
  readonly tls: string | undefined;
  /** What the client has called itself so far. */
  readonly client?: string | undefined;
}

/** An attempt and its end. */
export interface EndedAttempt extends LoginAttempt {
  readonly result: LoginResult;
  /** Undefined: nobody's. */
  readonly account: string | undefined;
  readonly proof: LoginProof | undefined;
  readonly atMs: number;
}

export const dayMs = 86_400_000;
/** Stands for logins that nobody has. */
export const nobody = '-';
const longestLogin = 320;
const longestClient = 200;

/** Where the attempt is counted: equal ones of a day in one row. Texts from outside are cut and have no control characters. */
export function rowOf(attempt: EndedAttempt): LoginAttemptRow {
  const facts = {
    account: attempt.account ?? nobody,
    login: clean(attempt.login, longestLogin),
    remoteAddress: attempt.remoteAddress,
    localAddress: attempt.localAddress,
    tls: attempt.tls ?? '',
    proof: proofText(attempt.proof),
    protocol: attempt.protocol,
    client: clean(attempt.client ?? '', longestClient),
    mechanism: clean(attempt.mechanism, 32),
    result: attempt.result,
    day: Math.floor(attempt.atMs / dayMs),
  };
  const key = createHash('sha256').update(JSON.stringify(facts)).digest('base64url');
  return { key, ...facts, count: 1, firstAtMs: attempt.atMs, lastAtMs: attempt.atMs };
}

/** Ids and fingerprints are public names, not secrets. */
function proofText(proof: LoginProof | undefined): string {
  switch (proof?.kind) {
    case 'app-password':
      return `app-password ${proof.id}`;
    case 'tls-public-key':
      return `tls-public-key ${proof.fingerprint}`;
    default:
      return '';
  }
}

function clean(text: string, longest: number): string {
  return text.replaceAll(/\p{Cc}/gu, '?').slice(0, longest);
}
