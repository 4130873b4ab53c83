import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A workflow of this machine alone, which is in no commit: it names the demo registry, so that what registries say is seen in the file. */
export const localWorkflow = '.github/workflows/try-production.yml';

/** Puts it into the example workspace; `host` is the demo registry's. */
export function writeLocalWorkflow(folder: string, host: string): void {
  mkdirSync(dirname(join(folder, localWorkflow)), { recursive: true });
  writeFileSync(join(folder, localWorkflow), text(host));
}

function text(host: string): string {
  return `name: Try production here

# A runner on this machine, beside the registry.
on: workflow_dispatch

permissions: {}

jobs:
  try:
    runs-on: self-hosted
    services:
      web:
        image: ${host}/acme/shop-web:prod
      # Nobody has pushed this one.
      mail:
        image: ${host}/acme/shop-mail:1.0.0
    steps:
      - name: Start what production runs, and what it will run next
        run: |
          docker run --detach --publish 8081:8080 ${host}/acme/shop-api:prod
          docker run --detach --publish 8082:8080 ${host}/acme/shop-api:staging
          docker run --detach --publish 8083:8080 quay.io/acme/loadtest:2.1.0
`;
}
