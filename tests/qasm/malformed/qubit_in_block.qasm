// error: 3:3: qubits are declared at the top level
{
  qubit q;
}
