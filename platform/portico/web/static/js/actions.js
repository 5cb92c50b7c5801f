// What became of an action may be a place of the workspace: the region that was swapped in says where.
export function start() {
  document.addEventListener('portico:swap', (event) => {
    const to = event.target.dataset?.go;
    if (to && to.startsWith('/')) location.assign(to);
  });
}
