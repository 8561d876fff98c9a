/** One login, seen from the client; knows octets only, base64 is the protocol's. Used once. */
export interface SaslClientExchange {
  readonly mechanism: string;
  /** Undefined: the server speaks first. */
  readonly initial: Uint8Array | undefined;
  /** The answer to a challenge; undefined: give up (`*`), the server does not follow the mechanism or is not who it claims to be. */
  respond(challenge: Uint8Array): Promise<Uint8Array | undefined>;
  /** Whether a success may be believed now: with SCRAM only after the server proved that it knows the password too. */
  readonly isComplete: boolean;
}

/** What binds a login to its TLS connection: `tls-exporter` (RFC 9266) or `tls-unique` (RFC 5929); undefined where there is none. */
export type ClientBinding = { readonly type: 'tls-exporter' | 'tls-unique'; readonly octets: Uint8Array } | undefined;

/** Answers in order, to whatever challenges; for mechanisms in which the server has nothing to say. */
export function fixedExchange(
  mechanism: string,
  initial: string | undefined,
  answers: readonly string[] = [],
): SaslClientExchange {
  let step = 0;
  return {
    mechanism,
    initial: initial === undefined ? undefined : Buffer.from(initial),
    respond() {
      const answer = answers[step++];
      return Promise.resolve(answer === undefined ? undefined : Buffer.from(answer));
    },
    get isComplete() {
      return step === answers.length;
    },
  };
}
