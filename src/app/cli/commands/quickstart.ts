import { quickstart } from '../../quickstart.ts';
import type { CommandInput } from '../command.ts';
import { generatePassword } from '../password-input.ts';

export async function runQuickstart(input: CommandInput): Promise<void> {
  const facts = await quickstart({
    address: input.args[0] ?? '',
    hostname: input.text('hostname'),
    file: input.text('config') ?? 'posthorn.yaml',
    password: generatePassword(),
  });
  input.print(facts, () =>
    [
      `configuration  ${facts.config}`,
      `account        ${facts.account}`,
      `address        ${facts.address}`,
      `password       ${facts.password}`,
      '',
      'DNS records to set:',
      ...facts.dnsRecords.map((record) => `  ${record}`),
      '',
      ...facts.remarks,
      '',
      `Next: posthorn config check --config ${facts.config}, then posthorn serve --config ${facts.config}`,
    ].join('\n'),
  );
}
