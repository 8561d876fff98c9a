import { constants } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { ConnectionFailure, failureOf } from './connection-failure.ts';

/** What a server showed. */
export interface ServerCertificate {
  /** The server's own first; at most 10. */
  readonly chain: readonly X509Certificate[];
  /** Undefined: signed by one of the authorities, valid now, and for this name. Otherwise why not (RFC 5280, RFC 6125). */
  readonly pkixFault: string | undefined;
}

/**
 * Who is believed to be the right server. `pkix`: whom an authority vouches for; `none`: anybody, which keeps out those who
 * only listen; a function (such as one for DANE) gives the reason to refuse, or undefined.
 */
export type VerifyServer = 'pkix' | 'none' | ((shown: ServerCertificate) => string | undefined);

export interface ClientTlsOptions {
  /** For SNI and for the check of the certificate: a host name, or an IP address (which SNI does not have). */
  readonly serverName: string;
  readonly verify: VerifyServer;
  /** PEM; these instead of the authorities that Node knows. */
  readonly ca?: string | undefined;
  readonly clientCertificate?: { readonly certPem: string; readonly keyPem: string } | undefined;
  /** Default TLSv1.2 (RFC 8996). */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3' | undefined;
}

const maxChain = 10;

/** TLS over a connected socket of which nobody reads any more. @throws ConnectionFailure */
export function secure(socket: Socket, options: ClientTlsOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let wrapped: TLSSocket;
    try {
      wrapped = connect({ ...tlsOptions(options), socket });
    } catch (error) {
      // Such as a certificate that does not go with its key.
      reject(new ConnectionFailure('tls', error instanceof Error ? error.message : String(error), { cause: error }));
      return;
    }
    const onEnd = (): void => onError(new ConnectionFailure('tls', 'closed during the TLS handshake'));
    const onError = (error: Error): void => {
      wrapped.off('close', onEnd);
      wrapped.on('error', () => undefined);
      wrapped.destroy();
      const failure = failureOf(error);
      reject(failure.reason === 'closed' ? new ConnectionFailure('tls', failure.message, { cause: error }) : failure);
    };
    wrapped.once('error', onError);
    wrapped.once('close', onEnd);
    wrapped.once('secureConnect', () => {
      const fault = verifyServer(wrapped, options.verify);
      if (fault !== undefined) return onError(new ConnectionFailure('certificate', fault));
      wrapped.off('error', onError);
      wrapped.off('close', onEnd);
      resolve(wrapped);
    });
  });
}

function tlsOptions(options: ClientTlsOptions): ConnectionOptions {
  const { serverName, ca, clientCertificate } = options;
  return {
    // The name to check; and where there is no SNI, Node takes it from here.
    host: serverName,
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(clientCertificate ? { cert: clientCertificate.certPem, key: clientCertificate.keyPem } : {}),
    minVersion: options.minVersion ?? 'TLSv1.2',
    // It would change what a login is bound to.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    // Node still verifies; what it found is looked at in `verifyServer`, before anything is sent.
    rejectUnauthorized: false,
  };
}

function verifyServer(socket: TLSSocket, verify: VerifyServer): string | undefined {
  if (verify === 'none') return undefined;
  // Its type says Error, what it holds is a code.
  const found: unknown = socket.authorizationError;
  const pkixFault = socket.authorized ? undefined : String(found instanceof Error ? found.message : found);
  if (verify === 'pkix') return pkixFault;
  return verify({ chain: chainOf(socket), pkixFault });
}

function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next = socket.getPeerX509Certificate();
  while (next && chain.length < maxChain) {
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}
