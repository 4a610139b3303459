// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/picture_style.h"

#include <fmt/format.h>

#include <cmath>

namespace carillon {

std::string_view picture_style() {
    return R"(:root{color-scheme:light dark;
--page:#fbfaf8;--card:#ffffff;--ink:#1d2430;--soft:#667085;--line:#dcdfe5;--grid:#edeff2;
--accent:#3a5bd9;--good:#1a7f4b;--bad:#c0362c;--wire:#b9c0cc;
--one:#7aa2d6;--two:#3a5bd9;--measure:#444c5c;--reset:#b7bdc8;--wait:#e9ebef;
--telegate:#d9861f;--teledata:#b3408f;--ghz:#2e9c8c;--swapping:#8a63d2;--purification:#9c7a3c;
--message:#97a0af;
--q0:#3a6fd8;--q1:#d9861f;--q2:#2e9c8c;--q3:#b3408f;--q4:#5f9e3a;--q5:#8a63d2;--q6:#c8553d;
--q7:#2f8fb8;--q8:#a88a2a;--q9:#7b6a5d}
@media (prefers-color-scheme:dark){:root{
--page:#12151b;--card:#1a1e26;--ink:#e6e9ef;--soft:#98a2b3;--line:#323945;--grid:#252b35;
--accent:#8aa4ff;--good:#5fce93;--bad:#ff8a80;--wire:#4a5362;
--one:#6f9bd8;--two:#8aa4ff;--measure:#cdd4df;--reset:#5d6675;--wait:#262c36;
--telegate:#f0a84a;--teledata:#e07fc2;--ghz:#52c9b8;--swapping:#b296f0;--purification:#cfac6a;
--message:#78839a;
--q0:#7ba4f4;--q1:#f0a84a;--q2:#52c9b8;--q3:#e07fc2;--q4:#8fce68;--q5:#b296f0;--q6:#f08a74;
--q7:#62bfe6;--q8:#d8bb5c;--q9:#b7a595}}
svg.picture{display:block;font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
.picture text{fill:var(--ink);font-size:12px}.picture .soft{fill:var(--soft)}
.picture .small{font-size:10px}.picture .mid{text-anchor:middle}.picture .end{text-anchor:end}
.picture .name{font-weight:600}
.picture .box{fill:var(--card);stroke:var(--wire);stroke-width:1.2}
.picture .relay{fill:var(--page);stroke:var(--wire);stroke-width:1.2;stroke-dasharray:4 3}
.picture .off{opacity:.45}
.picture .link{stroke:var(--wire);stroke-linecap:round;fill:none}
.picture .used{stroke:var(--accent);stroke-linecap:round;fill:none;opacity:.75}
.picture .tag{fill:var(--page);stroke:var(--line)}
.picture .empty{fill:none;stroke:var(--wire);stroke-width:1}
.picture .comm{fill:none;stroke:var(--soft);stroke-width:1.2}
.picture .commused{fill:var(--soft);stroke:var(--soft);stroke-width:1.2}
.q0{fill:var(--q0)}.q1{fill:var(--q1)}.q2{fill:var(--q2)}.q3{fill:var(--q3)}.q4{fill:var(--q4)}
.q5{fill:var(--q5)}.q6{fill:var(--q6)}.q7{fill:var(--q7)}.q8{fill:var(--q8)}.q9{fill:var(--q9)}
.picture .lane{stroke:var(--grid)}.picture .tick{stroke:var(--grid)}
.picture .rule{stroke:var(--line)}.picture .band{fill:var(--card);stroke:var(--line)}
.one{fill:var(--one)}.two{fill:var(--two)}.measure{fill:var(--measure)}.reset{fill:var(--reset)}
.wait{fill:var(--wait)}
.picture .join{stroke:var(--two);stroke-width:2}
.telegate{fill:var(--telegate);stroke:var(--telegate)}
.teledata{fill:var(--teledata);stroke:var(--teledata)}
.ghz{fill:var(--ghz);stroke:var(--ghz)}.swapping{fill:var(--swapping);stroke:var(--swapping)}
.purification{fill:var(--purification);stroke:var(--purification)}
.picture .making{fill-opacity:.28;stroke:none}.picture .holding{fill-opacity:.9;stroke:none}
.picture .pair{fill:none;stroke-width:1.6;stroke-opacity:.8}
.picture .dot{stroke:none}
.picture .message{stroke:var(--message);stroke-width:1;stroke-dasharray:3 2;fill:none}
.picture .gatetext{font-size:9px;fill:#fff;text-anchor:middle;pointer-events:none}
@media (prefers-color-scheme:dark){.picture .gatetext{fill:#10131a}}
.picture .busyarea{fill:var(--two);fill-opacity:.75}
.picture .pairarea{fill:var(--telegate);fill-opacity:.55}
)";
}

std::string qpu_class(std::size_t index) {
    return "q" + std::to_string(index % 10);
}

std::string coordinate(double value) {
    const double rounded = std::round(value * 10) / 10;
    if (rounded == std::round(rounded)) return fmt::format("{:.0f}", rounded + 0.0);
    return fmt::format("{:.1f}", rounded);
}

}  // namespace carillon
