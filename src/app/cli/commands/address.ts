import type { AddressFacts } from '../../../directory/facts.ts';
import type { CommandInput } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';

export async function addressAdd(input: CommandInput): Promise<void> {
  const [address = '', account = ''] = input.args;
  const mailbox = input.text('mailbox');
  const operation = { do: 'address-add', address, account, ...(mailbox === undefined ? {} : { mailbox }) } as const;
  await withAdministration(input, (each) => each.edit(operation));
}

export async function addressRemove(input: CommandInput): Promise<void> {
  await withAdministration(input, (each) => each.edit({ do: 'address-remove', address: input.args[0] ?? '' }));
}

export async function addressList(input: CommandInput): Promise<void> {
  const facts = (await withAdministration(input, (each) =>
    each.query({ ask: 'addresses' }),
  )) as readonly AddressFacts[];
  input.print(facts, () =>
    alignColumns(
      facts.map(({ address, account, mailbox }) => [address, mailbox === 'INBOX' ? account : `${account} ${mailbox}`]),
    ),
  );
}
