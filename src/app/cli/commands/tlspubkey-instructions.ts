import type { ClientKeyType } from '../../tls/self-signed-certificate.ts';

/** What a person should know of a key that was made: where it is, and how programs take it. */
export function printKeyInstructions(key: {
  readonly stem: string;
  readonly password: string;
  readonly type: ClientKeyType;
  readonly protection: 'modern' | 'legacy';
}): string {
  const { stem, password } = key;
  const lines = [
    `${stem}.p12 has the key and its certificate for phones and mail programs. Its password, shown this once:`,
    `  ${password}`,
    ...(key.protection === 'modern'
      ? ['Systems from before 2024 may call the password wrong; for them make a key with --legacy-p12.']
      : ['It is protected weakly, as old systems want it: remove it once it is imported.']),
    ...(key.type === 'ed25519'
      ? [
          `${stem}.seed has the seed for "clientKeyEd25519" of posthorn sendmail and our clients.`,
          'Of the programs below few know Ed25519 yet; a key of the default type works in all of them.',
        ]
      : []),
    '',
    'Thunderbird: Settings, Privacy & Security, Manage Certificates, Your Certificates, Import; in the account choose',
    '  "TLS Certificate" as authentication method.',
    'K-9 and Thunderbird for Android: open the .p12 file so that Android installs it for "VPN and apps"; in the incoming and',
    '  outgoing server choose "Client certificate" as authentication, and the certificate.',
    'FairEmail: install it in Android in the same way; in the account and the identity choose it under "Select client certificate".',
    'Apple Mail: open the .p12 file (Mac: into the keychain "login"; iPhone: install the profile in Settings); in the server',
    '  settings choose "TLS certificate" or "External (TLS client certificate)" as authentication, and the certificate.',
    'mutt: in its configuration',
    `  set ssl_client_cert = "${stem}.pem"`,
  ];
  return `${lines.join('\n')}\n`;
}
