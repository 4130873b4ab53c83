import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { built } from '../fakes/built.ts';
import { Client } from './client.ts';
import { prTitle } from './workflows.ts';

const uri = 'file:///repo/.github/workflows/build.yml';

describe('messages that no client should send', () => {
  let client: Client;

  afterEach(async () => {
    await client.stop();
  });

  /** A frame as it goes over the wire. */
  const frame = (body: string) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

  test.each([
    ['a body that is no JSON', frame('{"jsonrpc":')],
    ['a request without a method', frame('{"jsonrpc":"2.0","id":7}')],
    ['an unknown notification', frame('{"jsonrpc":"2.0","method":"$/nonsense","params":{}}')],
    ['an unknown request', frame('{"jsonrpc":"2.0","id":"x","method":"nonsense"}')],
    ['a change without a document', frame('{"jsonrpc":"2.0","method":"textDocument/didChange","params":{}}')],
    ['a change of a document that is not open', frame(change('file:///other.yml', '[{"text":"x"}]'))],
    [
      'a change with a range outside the text',
      frame(change(uri, '[{"range":{"start":{"line":-1,"character":-9},"end":{"line":9,"character":9}},"text":"x"}]')),
    ],
    [
      'a document with a broken URI',
      frame(
        `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"%%%","languageId":"yaml","version":1,"text":"a"}}}`,
      ),
    ],
    ['code actions without parameters', frame('{"jsonrpc":"2.0","id":8,"method":"textDocument/codeAction","params":null}')],
    ['watched files without changes', frame('{"jsonrpc":"2.0","method":"workspace/didChangeWatchedFiles","params":{}}')],
    ['settings that are a number', frame('{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration","params":{"settings":7}}')],
  ])('%s does not end the server', async (_, bytes) => {
    client = await Client.start();
    await client.open(uri, prTitle);
    await client.diagnostics(uri);
    client.process.stdin?.write(bytes);
    await client.change(uri, prTitle);
    expect((await client.diagnostics(uri)).map(({ code }) => code)).toEqual(['pr-input-in-shell']);
  });
});

function change(document: string, changes: string): string {
  return `{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"${document}","version":2},"contentChanges":${changes}}}`;
}

describe('the end', () => {
  async function serve(...args: string[]) {
    return spawn(process.execPath, [await built('server'), ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  test('shutdown and exit end with 0', async () => {
    expect(await (await Client.start()).stop()).toBe(0);
  });

  test('exit without shutdown ends with 1', async () => {
    const client = await Client.start();
    const ended = once(client.process, 'exit');
    await client.connection.sendNotification('exit');
    expect((await ended)[0]).toBe(1);
  });

  test('a client that goes away takes the server with it', async () => {
    const client = await Client.start();
    const ended = once(client.process, 'exit');
    client.process.stdin?.end();
    expect((await ended)[0]).not.toBeNull();
  });

  test('a client may talk over Node’s own channel', async () => {
    const server = fork(await built('server'), ['--node-ipc']);
    server.send({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
    const [answer] = await once(server, 'message');
    expect(answer).toMatchObject({ id: 1, result: { serverInfo: { name: 'tallyman' } } });
    const ended = once(server, 'exit');
    server.send({ jsonrpc: '2.0', id: 2, method: 'shutdown' });
    server.send({ jsonrpc: '2.0', method: 'exit' });
    expect((await ended)[0]).toBe(0);
  });

  test('a server that is not told how to talk says so', async () => {
    const server = await serve();
    let said = '';
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    expect((await once(server, 'exit'))[0]).toBe(2);
    expect(said).toMatch(/^Say how to talk.*--stdio/);
    expect(said.trim().split('\n')).toHaveLength(1);
  });
});
