export interface JsonRequest {
  readonly url: string;
  readonly maxBytes: number;
  /** For all of it. */
  readonly timeoutMs: number;
}

/**
 * Gets a JSON object by HTTP: status 200, no redirect followed, bounded in size and time.
 * @throws Error that says what went wrong
 */
export async function fetchJsonObject({ url, maxBytes, timeoutMs }: JsonRequest): Promise<object> {
  const signal = AbortSignal.timeout(timeoutMs);
  const response = await fetch(url, { signal, redirect: 'error', headers: { accept: 'application/json' } });
  try {
    if (response.status !== 200) throw new Error(`${url} answered with status ${response.status}`);
    const value: unknown = JSON.parse(await readText(response, maxBytes, url));
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Error(`${url} is no JSON object`);
    return value;
  } finally {
    // Whatever was not read; once all was read there is nothing to cancel.
    if (!response.bodyUsed) await response.body?.cancel();
  }
}

async function readText(response: Response, maxBytes: number, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Node's streams give octets; its types do not say so.
  const body = response.body as AsyncIterable<Uint8Array> | null;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`${url} has more than ${maxBytes} octets`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
