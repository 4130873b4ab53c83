import { expect, test } from 'vitest';
import type { Row } from '../../../client/listing/row.ts';
import { rowDescription, rowFacts, rowSpoken, tooltipText } from '../../../client/tree/rowText.ts';
import { digestOf } from '../../../core/image/digest.ts';

const now = Date.parse('2026-11-20T12:00:00Z');
const digest = digestOf('an image');
const short = digest.slice('sha256:'.length, 'sha256:'.length + 12);
const context = { sameAs: ['prod', 'v1.4.2', 'latest'], signed: true, now };

function row(more: Partial<Row> = {}): Row {
  const details = {
    digest,
    mediaType: '',
    content: 'index',
    platforms: ['linux/amd64', 'linux/arm64'],
    children: [],
    size: 3_100_000,
  } as const;
  const listed = { tags: ['1.4'], digest, pushedAt: '2026-11-17T12:00:00Z' };
  return { key: '1.4', tag: '1.4', digest, listed, details, state: { status: 'read' }, ...more };
}

test('a row says digest, age, signature, the same image, platforms and size', () => {
  expect(rowDescription(row(), context)).toBe(`${short} · 3d · signed · = prod, v1.4.2 +1 · amd64, arm64 · 3.1 MB`);
  expect(rowSpoken(row(), 'release line', context)).toBe(
    `1.4, release line, digest ${short}, pushed 3 days ago, signed, same image as prod, v1.4.2, for linux/amd64, linux/arm64, 3.1 MB`,
  );
});

test('a row that cannot be read again says so and keeps what is known of it', () => {
  const state = { status: 'failed', message: 'ghcr.io closed the connection.' } as const;
  expect(rowDescription(row({ state }), context)).toContain(`could not be read again · ${short} · 3d`);
  expect(rowFacts(row({ state }), 'release', context)).toContainEqual(['Could not be read again', 'ghcr.io closed the connection.']);
  const { digest: _, ...unknown } = row({ state });
  expect(rowDescription(unknown, context)).toBe('could not be read');
});

test('a part of an image and what is attached to one say which', () => {
  const untagged = row({ key: digest, listed: { tags: [], digest } });
  const { tag: _, ...part } = untagged;
  expect(rowDescription(part, { ...context, sameAs: [], signed: false, belongs: { as: 'part', of: ['prod'] } })).toMatch(
    /^part of prod · /,
  );
  const sbom = { as: 'sbom', of: ['prod', 'v1.4.2', 'latest'] } as const;
  expect(rowDescription(part, { ...context, sameAs: [], signed: false, belongs: sbom })).toMatch(/^SBOM of prod, v1\.4\.2 \+1 · /);
});

test('a tooltip shows labels as they are, with no link and no formatting of theirs', () => {
  const hostile = '[here](command:evil) https://evil.example **bold** <b>x</b>\n# x | y';
  const text = tooltipText('ghcr.io/acme/shop:1.4', [['Source', hostile]]);
  for (const mark of ['[here](', 'https://', '**bold', '<b>', '\n#']) expect(text, mark).not.toContain(mark);
  expect(text).toContain('bold');
  expect(text.split('\n')).toHaveLength(3);
});
