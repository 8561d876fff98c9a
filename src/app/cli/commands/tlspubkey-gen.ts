import { createPrivateKey, X509Certificate } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { generateAppPassword } from '../../../directory/passwords/app-password.ts';
import { fingerprintOf } from '../../../directory/read-certificate.ts';
import { Refusal } from '../../refusal.ts';
import { printPkcs12 } from '../../tls/pkcs12.ts';
import { clientCertificate } from '../../tls/self-signed-certificate.ts';
import type { CertificatePair, ClientKeyType } from '../../tls/self-signed-certificate.ts';
import type { CommandInput } from '../command.ts';
import { UsageError } from '../command.ts';
import { withAdministration } from '../with-administration.ts';
import { printKeyInstructions } from './tlspubkey-instructions.ts';

/**
 * Makes a key with a certificate for a client, writes them in all the forms that programs want, for their owner alone, and lets
 * the key log in. What was there is never overwritten; when the key is refused, no file stays. The fingerprint alone goes to
 * standard output, what a person should know to standard error.
 */
export async function tlspubkeyGenerate(input: CommandInput): Promise<void> {
  const [address = '', stem = ''] = input.args;
  const type = readType(input.text('type') ?? 'ecdsa');
  const pair = clientCertificate(address, new Date(), type);
  const password = generateAppPassword();
  const protection = input.flag('legacy-p12') ? 'legacy' : 'modern';
  const written: string[] = [];
  try {
    for (const [end, content] of filesOf(pair, { type, password, protection, address })) {
      writeNew(`${stem}.${end}`, content);
      written.push(`${stem}.${end}`);
    }
    const certificate = Buffer.from(pair.certPem).toString('base64');
    const imapPreauth = input.flag('imap-preauth') ?? true;
    const name = input.text('name');
    await withAdministration(input, (each) =>
      each.edit({
        do: 'tls-public-key-add',
        address,
        certificate,
        imapPreauth,
        ...(name === undefined ? {} : { name }),
      }),
    );
  } catch (error) {
    for (const file of written) rmSync(file, { force: true });
    throw error;
  }
  const publicKey = new X509Certificate(pair.certPem).publicKey.export({ type: 'spki', format: 'der' });
  input.io.out(`${fingerprintOf(publicKey)}\n`);
  input.io.err(printKeyInstructions({ stem, password, type, protection }));
}

function filesOf(
  { keyPem, certPem }: CertificatePair,
  facts: {
    readonly type: ClientKeyType;
    readonly password: string;
    readonly protection: 'modern' | 'legacy';
    readonly address: string;
  },
): readonly (readonly [string, string | Uint8Array])[] {
  const privateKey = createPrivateKey(keyPem).export({ type: 'pkcs8', format: 'der' });
  const pkcs12 = printPkcs12({
    certificate: new X509Certificate(certPem).raw,
    privateKey,
    name: facts.address,
    password: facts.password,
    protection: facts.protection,
  });
  return [
    ['key.pem', keyPem],
    ['certificate.pem', certPem],
    ['pem', keyPem + certPem],
    ['p12', pkcs12],
    // RFC 8410 section 7: the last 32 octets are the seed.
    ...(facts.type === 'ed25519' ? ([['seed', `${privateKey.subarray(-32).toString('base64')}\n`]] as const) : []),
  ];
}

function readType(text: string): ClientKeyType {
  if (text === 'ecdsa' || text === 'ed25519') return text;
  throw new UsageError(`--type ${text}: ecdsa or ed25519 is expected`);
}

function writeNew(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'EEXIST' ? 'is there already' : 'cannot be written';
    throw new Refusal(`${file} ${why}`, { cause: error });
  }
}
