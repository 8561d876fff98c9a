import type { Socket } from 'node:net';

/** Who is told what happens to a socket. */
export interface SocketOwner {
  received(chunk: Uint8Array): void;
  peerEnded(): void;
  drainedOutput(): void;
  /** Nothing was read or written for the time set with `setTimeout`. */
  stalled(): void;
  /** The TLS handshake is done. */
  secured(): void;
  socketClosed(): void;
  destroy(): void;
}

/** One set of listeners for all sockets: a connection that only waits has no closures of its own. */
const owner = Symbol('owner');

interface OwnedSocket extends Socket {
  [owner]?: SocketOwner | undefined;
}

function onData(this: OwnedSocket, chunk: Uint8Array): void {
  this[owner]?.received(chunk);
}
function onEnd(this: OwnedSocket): void {
  this[owner]?.peerEnded();
}
function onDrain(this: OwnedSocket): void {
  this[owner]?.drainedOutput();
}
function onTimeout(this: OwnedSocket): void {
  this[owner]?.stalled();
}
function onSecure(this: OwnedSocket): void {
  this[owner]?.secured();
}
function onClose(this: OwnedSocket): void {
  this[owner]?.socketClosed();
}
/** Broken handshakes and TLS alerts are told this way while nobody has taken control of the socket. */
function onTlsError(this: OwnedSocket): void {
  this[owner]?.destroy();
}
/** Resets and the like: the close that follows says all that we need. */
function onError(): void {}

/** From now on the owner hears what happens to the socket, and octets flow. */
export function attach(socket: OwnedSocket, to: SocketOwner): void {
  socket[owner] = to;
  socket.on('error', onError);
  socket.on('close', onClose);
  socket.on('end', onEnd);
  socket.on('drain', onDrain);
  socket.on('timeout', onTimeout);
  socket.on('secure', onSecure);
  socket.on('_tlsError', onTlsError);
  socket.on('data', onData);
}

/** The owner hears nothing any more; errors of the socket are still caught. */
export function detach(socket: OwnedSocket): void {
  socket[owner] = undefined;
  socket.off('close', onClose);
  socket.off('end', onEnd);
  socket.off('drain', onDrain);
  socket.off('timeout', onTimeout);
  socket.off('secure', onSecure);
  socket.off('_tlsError', onTlsError);
  socket.off('data', onData);
}
