// expect: 1=1
OPENQASM 3.0;
include "stdgates.inc";
const float θ = π / 2;
gate Δ(φ) ψ { rx(φ + τ - τ) ψ; }
qubit ψ;
Δ(θ) ψ;
Δ(θ) ψ;
bit c = measure ψ;
