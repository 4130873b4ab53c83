import { createServer } from 'node:http';
import { addToCart, total } from './cart.js';
import { log } from './log.js';

const carts = new Map();

createServer((request, response) => {
  const url = new URL(request.url, 'http://api');
  const id = url.searchParams.get('cart') ?? 'guest';
  if (url.pathname === '/healthz') return response.end('ok\n');
  if (url.pathname === '/cart/add') {
    carts.set(id, addToCart(carts.get(id) ?? [], url.searchParams.get('sku'), Number(url.searchParams.get('price'))));
  }
  log('cart', { id, path: url.pathname });
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id, total: total(carts.get(id) ?? []) }));
}).listen(8080);
