import { X509Certificate } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { fingerprintOf } from '../../../directory/read-certificate.ts';
import { Refusal } from '../../refusal.ts';
import { clientCertificate } from '../../tls/self-signed-certificate.ts';
import type { CommandInput } from '../command.ts';
import { withAdministration } from '../with-administration.ts';

/**
 * Makes a key with a certificate for a client, writes both (`STEM.key.pem`, `STEM.certificate.pem`, and together `STEM.pem`)
 * for their owner alone, and lets the key log in. What was there is never overwritten; when the key is refused, no file stays.
 */
export async function tlspubkeyGenerate(input: CommandInput): Promise<void> {
  const [address = '', stem = ''] = input.args;
  const { certPem, keyPem } = clientCertificate(address, new Date());
  const written: string[] = [];
  try {
    for (const [end, text] of [
      ['key.pem', keyPem],
      ['certificate.pem', certPem],
      ['pem', keyPem + certPem],
    ] as const) {
      writeNew(`${stem}.${end}`, text);
      written.push(`${stem}.${end}`);
    }
    const certificate = Buffer.from(certPem).toString('base64');
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
  const publicKey = new X509Certificate(certPem).publicKey.export({ type: 'spki', format: 'der' });
  input.io.out(`${fingerprintOf(publicKey)}\n`);
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const why =
      error instanceof Error && 'code' in error && error.code === 'EEXIST' ? 'is there already' : 'cannot be written';
    throw new Refusal(`${file} ${why}`, { cause: error });
  }
}
