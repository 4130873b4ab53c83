const response = await fetch('/api/cart?cart=guest');
const { total } = await response.json();
if (total > 0) document.querySelector('#total').textContent = `${(total / 100).toFixed(2)} €`;
