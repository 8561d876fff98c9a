import type { SaslExchange, SaslLink, SaslMechanism } from './exchange.ts';
import { decodeSaslBase64 } from './sasl-base64.ts';
import type { ScramDigest, ScramVerifier } from './scram-verifier.ts';

/** Who knows the credentials; `Outcome` is theirs. The directory's port fits, with the certificate's key filled in. */
export interface SaslAuthority<Outcome> {
  /** Called once, before any credential is looked at: counts the attempt and may make the client wait; may throw. */
  begin(login: string): Promise<void>;
  findScramVerifier(login: string, digest: ScramDigest): ScramVerifier;
  confirmScram(login: string, storedKey: Uint8Array): Outcome;
  confirmCertificate(authorizeAs: string): Outcome;
  checkPassword(login: string, password: string): Promise<Outcome>;
  /** Undefined: the token is good for nobody, and the client is told so. May throw when nobody can tell now. */
  checkToken(login: string, token: string): Promise<Outcome | undefined>;
  /** Where the issuer of tokens describes itself; '' where there is none. RFC 7628 section 3.2.2. */
  readonly configurationUrl: string;
}

/** What a login by SASL says next. `login` is '' where the client has not named one. */
export type SaslLoginStep<Outcome> =
  /** To be sent; give the answer to `next`. */
  | { readonly kind: 'challenge'; readonly octets: Uint8Array }
  | { readonly kind: 'outcome'; readonly login: string; readonly outcome: Outcome }
  /** A failed login: a wrong proof, or somebody who wants to be somebody else (RFC 4422 section 3.4.1). */
  | { readonly kind: 'failed'; readonly login: string; readonly why: 'proof' | 'binding' | 'identity' }
  /** `cancelled`: with `*`. See `SaslLogin.claimed` for whether it counts as a failed login. */
  | { readonly kind: 'malformed'; readonly why: 'message' | 'base64' | 'cancelled' };

/** One login by a mechanism, against an authority: what all faces do with each step. RFC 4422 section 3. */
export class SaslLogin<Outcome> {
  readonly mechanism: string;
  /** The client has named a login: whatever goes wrong from now on is a failed one. */
  claimed = false;
  readonly #exchange: SaslExchange;
  readonly #authority: SaslAuthority<Outcome>;
  /** As the client gave it; '' until it did. */
  login = '';

  constructor(mechanism: SaslMechanism, link: SaslLink, authority: SaslAuthority<Outcome>) {
    this.mechanism = mechanism.name;
    this.#exchange = mechanism.start(link.binding);
    this.#authority = authority;
  }

  /** A line of the client: base64, or `*` to give up. RFC 4954 section 4, RFC 5034 section 4, RFC 9051 section 6.2.2. */
  answer(line: string): Promise<SaslLoginStep<Outcome>> {
    if (line === '*') return Promise.resolve({ kind: 'malformed', why: 'cancelled' });
    const response = decodeSaslBase64(line);
    return response.ok ? this.next(response.value) : Promise.resolve({ kind: 'malformed', why: 'base64' });
  }

  /** Undefined: the client sent no initial response. Throws only what the authority throws. */
  async next(response: Uint8Array | undefined): Promise<SaslLoginStep<Outcome>> {
    const authority = this.#authority;
    const step = this.#exchange.next(response);
    switch (step.kind) {
      case 'challenge':
        return step;
      case 'malformed':
        return { kind: 'malformed', why: 'message' };
      case 'token': {
        await this.#begin(step.login);
        const outcome = await authority.checkToken(step.login, step.token);
        if (outcome !== undefined) return this.#outcome(outcome);
        return { kind: 'challenge', octets: step.refuse(authority.configurationUrl) };
      }
      case 'claim':
        await this.#begin(step.login);
        if (isAnother(step.authorizeAs, step.login)) return this.#failed('identity');
        return { kind: 'challenge', octets: step.challenge(authority.findScramVerifier(step.login, step.digest)) };
      case 'proven':
        return this.#outcome(authority.confirmScram(step.login, step.storedKey));
      case 'certificate':
        await this.#begin(step.authorizeAs);
        return this.#outcome(authority.confirmCertificate(step.authorizeAs));
      case 'password':
        await this.#begin(step.login);
        if (isAnother(step.authorizeAs, step.login)) return this.#failed('identity');
        return this.#outcome(await authority.checkPassword(step.login, step.password));
      case 'failed':
        return this.#failed(step.why);
      default:
        return step satisfies never;
    }
  }

  async #begin(login: string): Promise<void> {
    await this.#authority.begin(login);
    this.login = login;
    this.claimed = true;
  }

  #outcome(outcome: Outcome): SaslLoginStep<Outcome> {
    return { kind: 'outcome', login: this.login, outcome };
  }

  #failed(why: 'proof' | 'binding' | 'identity'): SaslLoginStep<Outcome> {
    return { kind: 'failed', login: this.login, why };
  }
}

function isAnother(authorizeAs: string, login: string): boolean {
  return authorizeAs !== '' && authorizeAs !== login;
}
