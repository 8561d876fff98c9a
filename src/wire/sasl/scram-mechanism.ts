import type { SaslExchange, SaslMechanism, SaslStep } from './exchange.ts';
import { startScram } from './scram.ts';
import type { ScramChallenge, ScramOptions } from './scram.ts';
import type { ScramDigest } from './scram-verifier.ts';

const EMPTY = new Uint8Array(0);
const names: Readonly<Record<ScramDigest, string>> = { sha1: 'SCRAM-SHA-1', sha256: 'SCRAM-SHA-256' };

/** SCRAM-SHA-1 (RFC 5802), SCRAM-SHA-256 (RFC 7677), and each with `-PLUS`. */
export function scramMechanism(digest: ScramDigest, plus: boolean): SaslMechanism {
  return {
    name: plus ? `${names[digest]}-PLUS` : names[digest],
    needs: plus ? 'channel-binding' : 'nothing',
    start: (binding) => new ScramExchange({ digest, plus, binding }),
  };
}

/** Makes steps of the messages: claim, proof, and the empty response to our own proof. RFC 5802 section 5. */
class ScramExchange implements SaslExchange {
  readonly #options: ScramOptions;
  #login = '';
  #challenge: ScramChallenge | undefined;
  #storedKey: Uint8Array | undefined;

  constructor(options: ScramOptions) {
    this.#options = options;
  }

  next(response: Uint8Array | undefined): SaslStep {
    if (response === undefined) return { kind: 'challenge', octets: EMPTY };
    if (this.#challenge === undefined) return this.#claim(response);
    if (this.#storedKey === undefined) return this.#prove(this.#challenge, response);
    if (response.length > 0) return { kind: 'malformed' };
    return { kind: 'proven', login: this.#login, storedKey: this.#storedKey };
  }

  #claim(response: Uint8Array): SaslStep {
    const started = startScram(this.#options, response);
    if (started.kind === 'failed') return failure(started.why);
    const { login, authorizeAs } = started;
    this.#login = login;
    return {
      kind: 'claim',
      login,
      authorizeAs,
      digest: this.#options.digest,
      challenge: (verifier) => {
        this.#challenge = started.challenge(verifier);
        return this.#challenge.octets;
      },
    };
  }

  #prove(challenge: ScramChallenge, response: Uint8Array): SaslStep {
    const proof = challenge.prove(response);
    if (proof.kind === 'failed') return failure(proof.why);
    this.#storedKey = proof.storedKey;
    return { kind: 'challenge', octets: proof.octets };
  }
}

function failure(why: 'malformed' | 'binding' | 'proof'): SaslStep {
  return why === 'malformed' ? { kind: 'malformed' } : { kind: 'failed', why };
}
