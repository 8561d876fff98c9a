import type { Header } from './parse-header.ts';

/** How much of a message is taken apart. What lies beyond a limit is treated as one opaque body (`Part.truncated`). */
export interface MimeLimits {
  /** Levels of multipart and message parts inside each other. */
  readonly depth: number;
  /** Parts in the whole message. */
  readonly parts: number;
  /** Octets of one header. The octets after them count as body. */
  readonly headerBytes: number;
  /** Octets of all headers of the message together; parts after them are not looked into. */
  readonly totalHeaderBytes: number;
}

export const defaultMimeLimits: MimeLimits = {
  depth: 100,
  parts: 10_000,
  headerBytes: 1024 * 1024,
  totalHeaderBytes: 8 * 1024 * 1024,
};

/** One `name=value` of a Content-Type or Content-Disposition field, as it stands in the header (Latin-1, unquoted). */
export interface RawParam {
  readonly name: string;
  readonly value: string;
}

/** Content-Disposition. RFC 2183. */
export interface Disposition {
  /** Lower case, such as `attachment`. */
  readonly kind: string;
  readonly rawParams: readonly RawParam[];
  /** Decoded (RFC 2231, RFC 2047), names in lower case. */
  readonly params: ReadonlyMap<string, string>;
}

/** What of a part is needed to find its octets; shared by `Part` and `MappedPart`. Offsets count octets of the message. */
export interface PartShape<Self> {
  /** First octet of the part's header. */
  readonly headerStart: number;
  /** First octet after the header and its blank line. */
  readonly bodyStart: number;
  /** One past the last octet of the body; the line break before a boundary belongs to the boundary. */
  readonly bodyEnd: number;
  /** Lower case, such as `text`. */
  readonly type: string;
  /** Lower case, such as `plain`. */
  readonly subtype: string;
  /** Content-Transfer-Encoding in lower case, `7bit` when there is none. */
  readonly encoding: string;
  /** The charset parameter in lower case, '' when there is none. */
  readonly charset: string;
  /** The parts of a multipart, in order; empty for all others. */
  readonly children: readonly Self[];
  /** The message inside message/rfc822 or message/global. */
  readonly message: Self | undefined;
}

/** A part of a message (or the message itself) as scanned. RFC 2045, RFC 2046. */
export interface Part extends PartShape<Part> {
  readonly header: Header;
  /** Line ends in the body; 0 unless the part is text, a message, or lies within a message. */
  readonly lines: number;
  readonly rawParams: readonly RawParam[];
  /** Parameters of Content-Type, decoded (RFC 2231, RFC 2047), names in lower case. */
  readonly params: ReadonlyMap<string, string>;
  /** Content-ID as written, Latin-1. */
  readonly id: string | undefined;
  /** Content-Description as written, unfolded, Latin-1. */
  readonly description: string | undefined;
  readonly disposition: Disposition | undefined;
  /** Content-Language tags. */
  readonly language: readonly string[];
  readonly location: string | undefined;
  readonly md5: string | undefined;
  /** A limit was reached in this part: its inside is not (wholly) taken apart. */
  readonly truncated: boolean;
}

/** True for message/rfc822 and message/global: types whose body is a message. RFC 2046 section 5.2.1, RFC 6532 section 3.7. */
export function isMessageType(type: string, subtype: string): boolean {
  return type === 'message' && (subtype === 'rfc822' || subtype === 'global');
}
