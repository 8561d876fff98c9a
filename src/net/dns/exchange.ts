import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { answersQuestion } from './question.ts';
import type { DnsServer } from './server-address.ts';

/** What came of sending a query to one server. */
export type Exchange =
  | { readonly kind: 'reply'; readonly octets: Buffer }
  | { readonly kind: 'timeout' }
  /** Nobody listens there, or it hung up. */
  | { readonly kind: 'unreachable' }
  /** By UDP: so many replies to other questions that somebody may be guessing. By TCP: something else was answered. */
  | { readonly kind: 'not-ours' };

/** Replies that are not ours, until we go on by TCP. */
const MAX_STRANGE = 16;

/**
 * Asks by UDP from a socket, and so a random port, of its own. What does not answer the query is ignored: it may be by
 * somebody who wants us to take it, or to give up.
 */
export function askByUdp(server: DnsServer, query: Buffer, timeoutMs: number): Promise<Exchange> {
  return new Promise((resolve) => {
    const socket = createSocket(isIPv6(server.address) ? 'udp6' : 'udp4');
    let strange = 0;
    let isOpen = true;
    const end = (exchange: Exchange): void => {
      if (!isOpen) return;
      isOpen = false;
      clearTimeout(timer);
      socket.close();
      resolve(exchange);
    };
    const timer = setTimeout(() => end({ kind: 'timeout' }), timeoutMs);
    socket.on('error', () => end({ kind: 'unreachable' }));
    socket.on('message', (octets) => {
      if (answersQuestion(query, octets)) end({ kind: 'reply', octets });
      else if (++strange >= MAX_STRANGE) end({ kind: 'not-ours' });
    });
    // Connected: the kernel drops what comes from elsewhere, and tells when nobody listens.
    socket.on('connect', () => {
      if (isOpen) socket.send(query);
    });
    socket.connect(server.port, server.address);
  });
}

/** Asks by TCP. RFC 7766. */
export function askByTcp(server: DnsServer, query: Buffer, timeoutMs: number): Promise<Exchange> {
  return new Promise((resolve) => {
    const socket = connect({ host: server.address, port: server.port });
    const end = (exchange: Exchange): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(exchange);
    };
    const timer = setTimeout(() => end({ kind: 'timeout' }), timeoutMs);
    let received = Buffer.alloc(0);
    socket.on('error', () => end({ kind: 'unreachable' }));
    socket.on('end', () => end({ kind: 'unreachable' }));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2) return;
      const length = received.readUInt16BE(0);
      if (received.length < 2 + length) return;
      const octets = received.subarray(2, 2 + length);
      end(answersQuestion(query, octets) ? { kind: 'reply', octets } : { kind: 'not-ours' });
    });
    const head = Buffer.alloc(2);
    head.writeUInt16BE(query.length);
    socket.write(Buffer.concat([head, query]));
  });
}
