import { connect } from 'node:net';
import type { Socket } from 'node:net';

import { Refusal } from '../refusal.ts';
import type { ControlAnswer } from './control-answer.ts';
import type { ControlRequest } from './control-request.ts';

/** A connection to the server of a data directory; undefined when none runs. */
export async function connectControl(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path, allowHalfOpen: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => {
      const code = 'code' in error ? error.code : '';
      if (code === 'ENOENT' || code === 'ECONNREFUSED') resolve(undefined);
      else if (code === 'EACCES')
        reject(
          new Refusal(
            `${path}: you may not use the control socket of this server; be the user that the server runs as`,
          ),
        );
      else reject(error);
    });
  });
}

/** Sends one request and waits for its answer, however long that takes. */
export async function askControl(socket: Socket, request: ControlRequest): Promise<ControlAnswer> {
  socket.end(`${JSON.stringify(request)}\n`);
  let text = '';
  socket.setEncoding('utf8');
  for await (const chunk of socket) text += String(chunk);
  if (!text.endsWith('\n')) throw new Refusal('the server ended before it answered; look whether the change was made');
  return JSON.parse(text) as ControlAnswer;
}
