/** Prices are whole cents, so that sums stay exact. */
export function addToCart(cart, sku, price) {
  if (!Number.isInteger(price) || price < 0) throw new RangeError('A price is a whole number of cents.');
  const line = cart.find(other => other.sku === sku);
  if (!line) return [...cart, { sku, price, quantity: 1 }];
  return cart.map(other => (other === line ? { ...line, quantity: line.quantity + 1 } : other));
}

export function total(cart) {
  return cart.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
}
