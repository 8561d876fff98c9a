/** One mailbox of an address list. RFC 5322 section 3.4, RFC 6532. */
export interface MailAddress {
  readonly kind: 'mailbox';
  /** Display name, decoded (RFC 2047); '' when there is none. */
  readonly name: string;
  /** Without quotes, NFC. May be empty in malformed input. */
  readonly localPart: string;
  /** As written (no case folding, no IDNA); domain literals with brackets; '' when missing. */
  readonly domain: string;
  /** Obsolete source route such as `@a,@b`; '' mostly. */
  readonly route: string;
  /** The name as it stands in the header, unquoted, not decoded (Latin-1 octets), as ENVELOPE wants it. */
  readonly rawName: string | undefined;
  readonly rawLocalPart: string;
  readonly rawDomain: string;
}

/** `group-start` … mailboxes … `group-end`, as in ENVELOPE. RFC 9051 section 7.5.2. */
export type AddressItem =
  | MailAddress
  | { readonly kind: 'group-start'; readonly name: string; readonly rawName: string }
  | { readonly kind: 'group-end' };

/** Parses a header value (Latin-1 octets, folds allowed) as an address list. Tolerant, never fails, linear. */
export function parseAddressItems(_raw: string, _max?: number): AddressItem[] {
  throw new Error('not built yet');
}

/** The mailboxes of an address list, groups dissolved. */
export function parseAddresses(_raw: string, _max?: number): MailAddress[] {
  throw new Error('not built yet');
}
