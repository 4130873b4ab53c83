import type { Block, Data, Text } from './blocks.ts';

/** Blocks as a Markdown page in which nothing that is data becomes markup: no links, no images, no HTML. */
export function markdown(blocks: readonly Block[]): string {
  return `${blocks.map(block).join('\n\n')}\n`;
}

function block(one: Block): string {
  switch (one.kind) {
    case 'title':
      return `# ${inline(one.text)}`;
    case 'heading':
      return `## ${inline(one.text)}`;
    case 'line':
      return inline(one.text);
    case 'warning':
      return `⚠ ${inline(one.text)}`;
    case 'list':
      return one.items.map(item => `- ${inline(item)}`).join('\n');
    case 'facts':
      return table(['', ''], one.rows);
    case 'table':
      return table(one.head, one.rows);
  }
}

function table(head: readonly string[], rows: readonly (readonly Text[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const body = rows.map(row => line(row.map(text => inline(text).replaceAll('|', '\\|'))));
  return [line(head), `|${'---|'.repeat(head.length)}`, ...body].join('\n');
}

function inline(text: Text): string {
  if (typeof text === 'string') return text;
  return 'data' in text ? code(text) : text.map(inline).join('');
}

/** As code, which is shown as it stands; the fence is longer than any run of backticks in it. */
function code({ data }: Data): string {
  // A blank text would make no code span.
  if (data.trim() === '') return data === '' ? '(empty)' : '(blank)';
  const longest = Math.max(0, ...[...data.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || /^ .* $/.test(data) ? ' ' : '';
  return `${fence}${pad}${data}${pad}${fence}`;
}
