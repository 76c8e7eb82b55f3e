// Reads the network out of the page, and starts every part of it.

async function start() {
  const network = JSON.parse(await readPart("network-text"));
  readHash();
  readProtocols(network);
  readProofs(network);
  readCabling(network);
  gatherThings(network);
  gatherGroups(network);
  startKeys();
  startDetails();
  await startPictures();
  startSearch();
  startQuestion();
  startMatrix();
  startTables(network);
  startAddresses(network);
  startTenants(network);
  startChanges(network);
  render(null);
  document.body.dataset.ready = "yes";
}

start().catch((error) => {
  byId("said").textContent = "";
  byId("failed").hidden = false;
  throw error;
});
