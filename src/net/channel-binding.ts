import { createHash } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';

/** What binds a login to its connection, by type; undefined for types that it does not have. */
export type BindingOf = (type: string) => Uint8Array | undefined;

/**
 * The bindings of the server's end: `tls-exporter` (RFC 9266), `tls-server-end-point` and before TLS 1.3 `tls-unique` (RFC 5929).
 * Undefined where none is safe: TLS 1.2 needs the extended master secret (RFC 9266 section 4.2) and no renegotiation, which
 * `createTlsIdentity` sees to.
 */
export function serverBindings(socket: TLSSocket): BindingOf | undefined {
  const isUnique = socket.getProtocol() !== 'TLSv1.3';
  if (isUnique && !isSafe(socket)) return undefined;
  return (type) => {
    if (socket.destroyed) return undefined;
    if (type === 'tls-server-end-point') return endPointBinding(socket.getX509Certificate());
    if (type === 'tls-exporter') return exporterBinding(socket);
    return type === 'tls-unique' && isUnique ? uniqueBinding(socket, 'server') : undefined;
  };
}

/** The best binding of the client's end; undefined where none is safe. Renegotiation has to be off. */
export function clientBinding(
  socket: TLSSocket,
): { readonly type: 'tls-exporter' | 'tls-unique'; readonly octets: Uint8Array } | undefined {
  if (socket.destroyed) return undefined;
  if (socket.getProtocol() === 'TLSv1.3') return { type: 'tls-exporter', octets: exporterBinding(socket) };
  const octets = isSafe(socket) ? uniqueBinding(socket, 'client') : undefined;
  return octets && { type: 'tls-unique', octets };
}

/** On TLS 1.2: two connections with one master secret could have one binding, but for RFC 7627. */
function isSafe(socket: TLSSocket): boolean {
  return socket.getProtocol() === 'TLSv1.2' && usesExtendedMasterSecret(socket.getSession());
}

/** RFC 9266 section 2. */
function exporterBinding(socket: TLSSocket): Uint8Array {
  return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
}

/** The first Finished message of the handshake: the client's, unless a session was resumed. RFC 5929 section 3.1. */
function uniqueBinding(socket: TLSSocket, end: 'server' | 'client'): Uint8Array | undefined {
  const isOurs = socket.isSessionReused() === (end === 'server');
  return isOurs ? socket.getFinished() : socket.getPeerFinished();
}

/** The hash of our certificate, by the algorithm of its signature; undefined where that has none of its own (Ed25519). RFC 5929 section 4. */
function endPointBinding(own: X509Certificate | undefined): Uint8Array | undefined {
  const [, bits] = /(?:sha-?|md)(\d+)/i.exec(own?.signatureAlgorithm ?? '') ?? [];
  if (own === undefined || bits === undefined) return undefined;
  // MD5 and SHA-1 give way to SHA-256.
  const digest = bits === '1' || bits === '5' ? 'sha256' : `sha${bits}`;
  return createHash(digest).update(own.raw).digest();
}

/** What Node puts in front of a client's session, with the server's name behind it, its length in two octets. */
const nodePrefix = Buffer.from('\0nodejs:tls:session:1\0');
const sequenceTag = 0x30;
/** `flags [13] INTEGER`, left out when it is 0. */
const flagsTag = 0xad;
const integerTag = 0x02;

/**
 * Was the extended master secret used (RFC 7627)? Node does not tell, but the session does as OpenSSL writes it down (DER of
 * its SSL_SESSION): bit 0 of its flags. False for whatever looks otherwise.
 */
export function usesExtendedMasterSecret(session: Uint8Array | undefined): boolean {
  if (session === undefined) return false;
  const whole = readElement(session, startOfSession(session));
  if (whole?.tag !== sequenceTag || whole.end !== session.length) return false;
  for (let at = whole.start; at < whole.end;) {
    const element = readElement(session, at);
    if (element === undefined || element.end > whole.end) return false;
    if (element.tag === flagsTag) {
      const flags = readElement(session, element.start);
      return flags?.tag === integerTag && flags.end === element.end && ((session[flags.end - 1] ?? 0) & 1) === 1;
    }
    at = element.end;
  }
  return false;
}

function startOfSession(session: Uint8Array): number {
  const { length } = nodePrefix;
  if (!nodePrefix.equals(session.subarray(0, length))) return 0;
  return length + 2 + (session[length] ?? 0) * 256 + (session[length + 1] ?? 0);
}

interface Element {
  readonly tag: number;
  /** Of its content. */
  readonly start: number;
  readonly end: number;
}

function readElement(octets: Uint8Array, at: number): Element | undefined {
  const [tag, first] = [octets[at], octets[at + 1]];
  if (tag === undefined || first === undefined) return undefined;
  const count = first < 0x80 ? 0 : first - 0x80;
  // An indefinite length, or one that no session has.
  if (first === 0x80 || count > 3) return undefined;
  let length = count === 0 ? first : 0;
  for (let n = 0; n < count; n++) length = length * 256 + (octets[at + 2 + n] ?? 0);
  const start = at + 2 + count;
  return start + length > octets.length ? undefined : { tag, start, end: start + length };
}
