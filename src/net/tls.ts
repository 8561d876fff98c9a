import { constants, randomBytes, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { SecureContext, TLSSocketOptions } from 'node:tls';
import type { TlsFacts } from '../base/conversation.ts';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { serverBindings } from './channel-binding.ts';

export interface CertificatePem {
  /** The certificate and its chain. */
  readonly certPem: string;
  readonly keyPem: string;
}

export interface TlsIdentityOptions {
  /** At least one; the first is used where no other fits the name that the client asks for. */
  readonly certificates: readonly CertificatePem[];
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  readonly clock?: Clock;
}

/** What differs between listeners that share certificates. */
export interface TlsListenerOptions {
  /** Ask for a certificate of the client; whether it is known is for the conversation to judge. */
  readonly requestClientCertificate?: boolean;
  /** Session tickets (RFC 5077, RFC 8446 section 4.6.1). Off on port 25: spec/protocols.md section 1.1. */
  readonly tickets?: boolean;
  readonly alpn?: readonly string[];
  /** A name that no certificate has: take the first certificate (port 25), or end the handshake. */
  readonly unknownName?: 'first' | 'refuse';
}

/** Certificates in use, with one context each. */
export interface TlsIdentity {
  /**
   * Use these from the next handshake on, and this oldest version where one is given.
   * @throws the error of OpenSSL when a key or certificate is not usable; nothing changes then.
   */
  reload(certificates: readonly CertificatePem[], minVersion?: TlsIdentityOptions['minVersion']): void;
  /** Begins a handshake as the server on a plain socket. */
  wrap(socket: Socket, options: TlsListenerOptions): TLSSocket;
}

interface Entry {
  readonly certificate: X509Certificate;
  readonly withTickets: SecureContext;
  readonly withoutTickets: SecureContext;
}

/** Keys of tickets live one day; then resumption falls back to a full handshake. */
const TICKET_KEY_LIFE_MS = 86_400_000;
const TICKET_KEY_BYTES = 48;

/**
 * Makes the contexts of the certificates.
 * @throws the error of OpenSSL when a key or certificate is not usable.
 */
export function createTlsIdentity(options: TlsIdentityOptions): TlsIdentity {
  const { clock = systemClock } = options;
  let { minVersion = 'TLSv1.2' } = options;
  let certificates = options.certificates;
  let entries = makeEntries(certificates, minVersion);
  let keyedAtMs = clock.now();

  return {
    reload(changed, oldest = minVersion) {
      entries = makeEntries(changed, oldest);
      minVersion = oldest;
      certificates = changed;
      keyedAtMs = clock.now();
    },
    wrap(socket, listener) {
      if (clock.now() - keyedAtMs > TICKET_KEY_LIFE_MS) this.reload(certificates);
      return new TLSSocket(socket, socketOptions(entries, listener));
    },
  };
}

function makeEntries(certificates: readonly CertificatePem[], minVersion: 'TLSv1.2' | 'TLSv1.3'): readonly Entry[] {
  if (certificates.length === 0) throw new TypeError('TLS needs at least one certificate');
  const ticketKeys = randomBytes(TICKET_KEY_BYTES);
  return certificates.map(({ certPem, keyPem }) => {
    const base = { cert: certPem, key: keyPem, minVersion, sessionIdContext: 'posthorn' } as const;
    // On TLS 1.2 it would change what logins are bound to, and is work for us at the client's whim.
    const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
    return {
      certificate: new X509Certificate(certPem),
      withTickets: createSecureContext({ ...base, secureOptions, ticketKeys }),
      withoutTickets: createSecureContext({ ...base, secureOptions: secureOptions | constants.SSL_OP_NO_TICKET }),
    };
  });
}

function socketOptions(entries: readonly Entry[], listener: TlsListenerOptions): TLSSocketOptions {
  const { tickets = true, unknownName = 'first', alpn, requestClientCertificate = false } = listener;
  const contextOf = (entry: Entry | undefined) => (tickets ? entry?.withTickets : entry?.withoutTickets);
  const options: TLSSocketOptions = {
    isServer: true,
    requestCert: requestClientCertificate,
    rejectUnauthorized: false,
  };
  const first = contextOf(entries[0]);
  if (first !== undefined) options.secureContext = first;
  if (alpn !== undefined) options.ALPNProtocols = [...alpn];
  if (entries.length > 1 || unknownName === 'refuse') {
    options.SNICallback = (name, done) => {
      const entry = entries.find(({ certificate }) => certificate.checkHost(name) !== undefined);
      if (entry === undefined && unknownName === 'refuse') done(new Error('no certificate for this name'));
      else done(null, contextOf(entry ?? entries[0]));
    };
  }
  return options;
}

/** What TLS tells of the peer, after the handshake. */
export function readTlsFacts(socket: TLSSocket): TlsFacts {
  const certificate = socket.getPeerX509Certificate();
  const serverName = socket.servername;
  return {
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    serverName: typeof serverName === 'string' && serverName !== '' ? serverName : undefined,
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : undefined,
    peerPublicKey: certificate && readPublicKey(certificate),
    resumed: socket.isSessionReused(),
    channelBinding: serverBindings(socket),
  };
}

/** Empty when the key is of a kind that OpenSSL cannot write: then it is nobody's key. */
function readPublicKey(certificate: X509Certificate): Uint8Array {
  try {
    return certificate.publicKey.export({ type: 'spki', format: 'der' });
  } catch {
    return new Uint8Array(0);
  }
}
