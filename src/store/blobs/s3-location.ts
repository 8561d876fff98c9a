/** Where an S3-compatible store is, and how to sign in there. */
export interface S3Location {
  /** Scheme, host and port, such as `https://s3.example.test`. */
  readonly origin: string;
  readonly bucket: string;
  /** What the names of our objects begin with: '' or something that ends in `/`. */
  readonly prefix: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

const form = 's3://ACCESSKEY:SECRET@HOST[:PORT]/BUCKET[/PREFIX][?region=REGION][&tls=false]';

/**
 * Reads the setting that names the blob store. Key and secret may be percent-encoded. TLS is on unless `tls=false`.
 * @throws Error that says what is wrong; it never contains the secret.
 */
export function readS3Location(text: string): S3Location {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 's3:') throw new Error(`the blob store is not of the form ${form}`);
  const [bucket = '', ...rest] = url.pathname.split('/').filter((piece) => piece !== '');
  if (url.hostname === '') throw new Error(`the blob store's host is missing: ${form}`);
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new Error(`${JSON.stringify(bucket)} cannot be the bucket of the blob store: ${form}`);
  }
  if (!rest.every((piece) => /^[A-Za-z0-9._-]+$/.test(piece))) {
    throw new Error(`the prefix of the blob store may have letters, digits, '.', '_', '-' and '/': ${form}`);
  }
  if (url.username === '' || url.password === '') {
    throw new Error(`the blob store's access key or secret is missing: ${form}`);
  }
  return {
    origin: `${readTls(url.searchParams) ? 'https' : 'http'}://${url.host}`,
    bucket,
    prefix: rest.length === 0 ? '' : `${rest.join('/')}/`,
    region: url.searchParams.get('region') ?? 'us-east-1',
    accessKey: decode(url.username, 'access key'),
    secretKey: decode(url.password, 'secret'),
  };
}

function readTls(parameters: URLSearchParams): boolean {
  for (const name of parameters.keys()) {
    if (name !== 'region' && name !== 'tls') throw new Error(`the blob store has no setting ${JSON.stringify(name)}`);
  }
  const tls = parameters.get('tls') ?? 'true';
  if (tls !== 'true' && tls !== 'false') throw new Error('tls of the blob store is true or false');
  return tls === 'true';
}

function decode(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`the blob store's ${what} has a '%' that encodes nothing: write it as %25`);
  }
}
