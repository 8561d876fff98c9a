import { isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';

export interface HttpsTextRequest {
  /** For the Host field, SNI and the check of the certificate. */
  readonly host: string;
  /** Of the host, from our own resolver. */
  readonly addresses: readonly string[];
  readonly port: number;
  readonly path: string;
  readonly maxBytes: number;
  /** For all of it. */
  readonly timeoutMs: number;
  /** PEM of the authorities to trust instead of those that Node knows. */
  readonly ca: string | undefined;
}

/** Why there is no text: `certificate` is what an authority does not vouch for. */
export interface HttpsTextFailure {
  readonly kind: 'certificate' | 'connection' | 'answer';
  readonly text: string;
}

/**
 * Gets a text by HTTPS: status 200, `text/plain`, no redirect followed, bounded in size and time (RFC 8461 section 3.3).
 * Never throws.
 */
export async function getHttpsText(wanted: HttpsTextRequest): Promise<Result<string, HttpsTextFailure>> {
  // Node's HTTP is large, and most servers fetch their first policy long after the start.
  const { request } = await import('node:https');
  const { host, addresses, port, path, ca, timeoutMs } = wanted;
  const { promise, resolve } = Promise.withResolvers<Result<string, HttpsTextFailure>>();
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const asked = request({
    ...{ host, port, path, servername: host, agent: false, method: 'GET', minVersion: 'TLSv1.2' },
    ...(ca === undefined ? {} : { ca }),
    headers: { accept: 'text/plain', 'user-agent': 'posthorn' },
    signal: AbortSignal.timeout(timeoutMs),
    lookup: (_, { all }, done) => {
      const [first] = found;
      if (!first) done(new Error('no address'), '', 4);
      else if (all) done(null, found);
      else done(null, first.address, first.family);
    },
  });
  const give = (kind: HttpsTextFailure['kind'], text: string): void => {
    asked.destroy();
    resolve(fail({ kind, text: text.slice(0, 200) }));
  };
  asked.on('error', (error: Error & { readonly code?: string }) => {
    const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(error.code ?? '');
    give(isCertificate ? 'certificate' : 'connection', error.code ?? error.message);
  });
  asked.on('response', (answer) => readText(answer, wanted.maxBytes, give, (text) => resolve(ok(text))));
  asked.end();
  return promise;
}

function readText(
  answer: IncomingMessage,
  maxBytes: number,
  give: (kind: HttpsTextFailure['kind'], text: string) => void,
  done: (text: string) => void,
): void {
  const type = (answer.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (answer.statusCode !== 200) return give('answer', `status ${answer.statusCode ?? 0}`);
  if (type !== 'text/plain') return give('answer', `content type ${type ?? ''}`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) return give('answer', `more than ${maxBytes} octets`);
    chunks.push(chunk);
  });
  answer.on('error', (error) => give('connection', error.message));
  answer.on('end', () => done(Buffer.concat(chunks).toString('utf8')));
}
