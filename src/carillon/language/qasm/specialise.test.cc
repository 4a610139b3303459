// SPDX-License-Identifier: Apache-2.0
// A law: whether a bit is known when the program is read or measured when it runs, the outputs are
// the same. Random programs are read both ways; the first way computes everything while reading,
// the second leaves ifs, loops, flags and variables to the run.
#include <gtest/gtest.h>

#include <string>

#include "carillon/base/random.h"
#include "carillon/language/qasm/naive.test.h"
#include "carillon/language/qasm/reader.h"

namespace carillon {
namespace {

class Writer {
  public:
    explicit Writer(std::uint64_t seed) : random_(seed) {}

    /// The program with the bits m given (`measured` false) or measured.
    std::string program() {
        std::string text = "def f(int[8] x, bit[3] k, mutable array[int[8], 4] r) -> int[8] {\n";
        in_function_ = true;
        text += block(3);
        text += "return x;\n}\n";
        in_function_ = false;
        text += "output int[8] u; output int[8] v; output bit[4] b; output array[int[8], 4] a;\n";
        text += "qubit[2] d;\noutput bit[2] c;\n";
        text += "int[8] x = 1;\nbit[3] k;\nk = m;\nlet r = a[0:3];\n";
        for (int i = 0; i < 4; ++i) text += statement(4);
        return text + "c = measure d;\n";
    }

  private:
    std::uint64_t below(std::uint64_t n) { return random_.below(n); }
    std::string number(std::uint64_t n) { return std::to_string(below(n)); }

    std::string variable() {
        if (in_function_) return "x";
        const char* names[] = {"x", "u", "v"};
        return names[below(3)];
    }
    std::string value() {
        switch (below(6)) {
            case 0:
                return number(6);
            case 1:
                return "r[" + number(4) + "]";
            case 2:
                return "r[(" + variable() + " & 3)]";
            case 3:
                return "(" + variable() + " + " + number(5) + ")";
            case 4:
                return "int[8](uint[3](k))";
            default:
                return variable();
        }
    }
    std::string condition() {
        switch (below(6)) {
            case 0:
                return "k[" + number(3) + "]";
            case 1:
                return "!k[" + number(3) + "]";
            case 2:
                return value() + " < " + number(9);
            case 3:
                return "(k[" + number(3) + "] && " + value() + " != " + number(4) + ")";
            case 4:
                return "(k == " + number(8) + " || " + variable() + " > " + number(7) + ")";
            default:
                return "(k[0] ^ k[2]) == 1";
        }
    }
    std::string block(int depth) {
        std::string text;
        const std::uint64_t n = 1 + below(3);
        for (std::uint64_t i = 0; i < n; ++i) text += statement(depth);
        return text;
    }
    std::string leave() {
        if (in_loop_ > 0 && below(2)) return below(2) ? "break;\n" : "continue;\n";
        if (in_function_) return "return " + value() + ";\n";
        return variable() + " = 7;\n";
    }
    std::string loop(int depth) {
        const std::string name = "w" + std::to_string(++loops_);
        ++in_loop_;
        std::string text;
        switch (below(4)) {
            case 3:
                text = "for int[8] " + name + " in [0:(" + value() + " & 3)] {\n" +
                       block(depth - 1) + "r[" + name + "] += 1;\n}\n";
                break;
            case 0:
                text = "for int[8] " + name + " in [0:" + number(4) + "] {\n" + block(depth - 1) +
                       "r[" + name + " & 3] += 1;\n}\n";
                break;
            case 1:
                text = "for int[8] " + name + " in {2, 1, 3} {\n" + block(depth - 1) + "}\n";
                break;
            default:
                text = "int[8] " + name + " = 0;\nwhile (" + name + " < 3 && " + condition() +
                       ") {\n" + name + " += 1;\n" + block(depth - 1) + "}\n";
                break;
        }
        --in_loop_;
        return text;
    }
    std::string statement(int depth) {
        if (!in_function_ && below(8) == 0)
            return below(2) ? "y d[" + variable() + " & 1];\n"
                            : "cx d[0], d[1];\nif (" + condition() + ") y d[0];\n";
        switch (below(depth > 0 ? 11 : 5)) {
            case 0:
                return variable() + " = " + value() + ";\n";
            case 1:
                return variable() + " += " + value() + ";\n";
            case 2:
                return "r[" + number(4) + "] = " + value() + ";\n";
            case 3:
                return "r[" + variable() + " & 3] = " + value() + ";\n";
            case 4:
                if (in_function_) return "x ^= " + number(8) + ";\n";
                return "b[" + number(4) + "] = " + condition() + ";\n";
            case 5:
            case 6:
                return "if (" + condition() + ") {\n" + block(depth - 1) + "} else {\n" +
                       block(depth - 1) + "}\n";
            case 7:
                return "if (" + condition() + ") {\n" + block(depth - 1) + leave() + "}\n";
            case 8:
                return "switch (" + variable() + " & 3) {\ncase 0, 2 {\n" + block(depth - 1) +
                       "}\ncase 1 {\n" + block(depth - 1) + "}\ndefault {\n" + block(depth - 1) +
                       "}\n}\n";
            case 9:
                if (!in_function_) return variable() + " = f(" + value() + ", k, a);\n";
                return loop(depth);
            default:
                return loop(depth);
        }
    }

    Random random_;
    bool in_function_ = false;
    int in_loop_ = 0, loops_ = 0;
};

std::map<std::string, double> outcome(const std::string& bits, const std::string& program) {
    const ReadResult r = read_qasm("include \"stdgates.inc\";\n" + bits + program, "random.qasm");
    double lost = 0;
    return naive::distribution(r.circuit, lost);
}

TEST(Specialisation, known_and_measured_bits_give_the_same_outputs) {
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
        const std::string program = Writer(seed).program();
        for (const char* m : {"000", "101", "110"}) {
            const auto known = outcome("bit[3] m = \"" + std::string(m) + "\";\n", program);
            std::string prepare = "qubit[3] q;\n";
            for (int i = 0; i < 3; ++i)
                if (m[2 - i] == '1') prepare += "x q[" + std::to_string(i) + "];\n";
            const auto measured = outcome(prepare + "bit[3] m = measure q;\n", program);
            ASSERT_EQ(known.size(), 1u);
            ASSERT_EQ(measured.size(), 1u);
            ASSERT_EQ(known.begin()->first, measured.begin()->first)
                << "seed " << seed << ", m = " << m << "\n"
                << program;
        }
    }
}

}  // namespace
}  // namespace carillon
