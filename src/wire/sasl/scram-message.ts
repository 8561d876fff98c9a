import { decodeSaslText } from './exchange.ts';
import { decodeSaslBase64 } from './sasl-base64.ts';
import { decodeSaslName } from './sasl-name.ts';

/** What the client says of channel bindings. RFC 5802 section 6. */
export type BindingFlag =
  | { readonly kind: 'unsupported' }
  /** The client could, and believes that the server cannot: a downgrade where the server can. */
  | { readonly kind: 'not-offered' }
  | { readonly kind: 'used'; readonly type: string };

export interface ClientFirst {
  readonly flag: BindingFlag;
  /** '' when the client did not ask for another identity. */
  readonly authorizeAs: string;
  readonly login: string;
  readonly nonce: string;
  /** The header as sent, with its last comma: `client-final` repeats it. */
  readonly gs2Header: string;
  /** The rest as sent: a part of what is signed. */
  readonly bare: string;
}

export interface ClientFinal {
  /** `c`, decoded: the header and the binding. */
  readonly binding: Uint8Array;
  readonly nonce: string;
  readonly proof: Uint8Array;
  /** All before `,p=`: a part of what is signed. */
  readonly withoutProof: string;
}

const maxMessageBytes = 4096;
const HEADER = /^(?:([ny])|p=([A-Za-z0-9.-]{1,64})),(?:a=([^,]{1,1024}))?,/;
/** Extensions after the nonce are ignored; `m=` before the name is mandatory to understand, and we know none. */
const BARE = /^n=([^,]+),r=([\x21-\x2b\x2d-\x7e]{1,512})(?:,[A-Za-z]=[^,]+)*$/;
const FINAL = /^(c=([A-Za-z0-9+/=]+),r=([\x21-\x2b\x2d-\x7e]{1,1024})(?:,[A-Za-z]=[^,]+)*),p=([A-Za-z0-9+/=]+)$/;

/** `client-first-message`; undefined when it is not in the grammar. RFC 5802 section 7. */
export function parseClientFirst(octets: Uint8Array): ClientFirst | undefined {
  const text = decodeSaslText(octets, maxMessageBytes);
  const header = text === undefined ? null : HEADER.exec(text);
  if (text === undefined || header === null) return undefined;
  const [gs2Header, letter, type, authzid] = header;
  const bare = text.slice(gs2Header.length);
  const [, name, nonce] = BARE.exec(bare) ?? [];
  const login = name === undefined ? undefined : decodeSaslName(name);
  const authorizeAs = authzid === undefined ? '' : decodeSaslName(authzid);
  if (login === undefined || authorizeAs === undefined || nonce === undefined) return undefined;
  return { flag: flagOf(letter, type), authorizeAs, login, nonce, gs2Header, bare };
}

/** `client-final-message`; undefined when it is not in the grammar. RFC 5802 section 7. */
export function parseClientFinal(octets: Uint8Array): ClientFinal | undefined {
  const text = decodeSaslText(octets, maxMessageBytes);
  const [, withoutProof, c, nonce, p] = (text === undefined ? null : FINAL.exec(text)) ?? [];
  if (withoutProof === undefined || c === undefined || nonce === undefined || p === undefined) return undefined;
  const binding = decodeSaslBase64(c);
  const proof = decodeSaslBase64(p);
  if (!binding.ok || !proof.ok) return undefined;
  return { binding: binding.value, nonce, proof: proof.value, withoutProof };
}

function flagOf(letter: string | undefined, type: string | undefined): BindingFlag {
  if (type !== undefined) return { kind: 'used', type };
  return { kind: letter === 'y' ? 'not-offered' : 'unsupported' };
}
