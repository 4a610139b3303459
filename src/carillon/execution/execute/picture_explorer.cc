// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/picture_explorer.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <vector>

#include "carillon/execution/execute/picture_instruction.h"

namespace carillon {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostLanes = 400;

/// Draws what is in view; `D` is the data that collect() gives.
constexpr std::string_view kScript = R"js(
(()=>{const D=JSON.parse(document.getElementById('timeline-data').textContent),
box=document.getElementById('explorer'),svg=box.querySelector('.lanes'),strip=box.querySelector('.strip'),
L=D.lanes,LW=130,H=19,TOP=24,esc=s=>s.replace(/[&<>"]/g,c=>({'&':'&amp;','<':'&lt;','>':'&gt;','"':'&quot;'}[c])),
unit=D.steps?t=>(t/1000).toFixed(0):t=>{for(const[u,f]of[['s',1e12],['ms',1e9],['µs',1e6],['ns',1e3]])
if(Math.abs(t)>=f)return +(t/f).toPrecision(4)+' '+u;return t?t+' ps':'0'};
let y=TOP,q=-1;for(const l of L){if(l.q!==q){y+=q<0?0:9;q=l.q}l.y=y+H/2;y+=H;l.items=[]}
const height=y+8;for(const i of D.items)L[i[0]].items.push(i);
for(const l of L)l.items.sort((a,b)=>a[1]-b[1]);
let most=1;for(const l of L)most=Math.max(most,l.items.length);
let a=0,b=Math.min(D.end,Math.max(D.end*36/most,1));
const W=()=>Math.max(box.clientWidth-LW-4,200);
function first(items,t){let lo=0,hi=items.length;while(lo<hi){const m=(lo+hi)>>1;if(items[m][2]<t)lo=m+1;else hi=m}return lo}
function ticks(w){const rough=(b-a)*100/w,p=10**Math.floor(Math.log10(rough));let s=p;
for(const n of[1,2,5,10])if(n*p>=rough){s=n*p;break}let o='';
for(let t=Math.ceil(a/s)*s;t<=b;t+=s){const x=LW+(t-a)/(b-a)*w;
o+=`<path class="tick" d="M${x.toFixed(1)} 18V${height}"/><text class="small soft mid" x="${x.toFixed(1)}" y="13">${unit(Math.round(t))}</text>`}return o}
function draw(){const w=W(),k=w/(b-a);svg.setAttribute('width',w+LW+4);svg.setAttribute('height',height);
svg.setAttribute('viewBox',`0 0 ${w+LW+4} ${height}`);
let o=ticks(w),text='',q=-1;
for(const l of L){if(l.q!==q){q=l.q;text+=`<rect class="q${q%10}" x="2" y="${l.y-H/2+2}" width="4" height="${H-4}" rx="2"/><text class="name" x="11" y="${l.y+4}">${esc(D.qpus[q]).slice(0,14)}</text>`}
text+=`<text class="end small ${l.c?'comm':'soft'}" x="${LW-7}" y="${l.y+3.5}">${l.n}</text>`;
o+=`<path class="lane" d="M${LW} ${l.y}H${LW+w}"/>`;
const from=first(l.items,a);let to=from;while(to<l.items.length&&l.items[to][1]<=b)++to;
if(to-from>w/4){const n=Math.ceil(w/3),bins=new Float64Array(n),pairs=new Float64Array(n);
for(let i=from;i<to;++i){const it=l.items[i],u=(it[1]-a)*k/3,v=Math.max((it[2]-a)*k/3,u+.01),target=D.kinds[it[3]][1]?pairs:bins;
for(let c=Math.max(0,Math.floor(u));c<Math.min(n,v);++c)target[c]+=Math.min(v,c+1)-Math.max(u,c)}
for(let c=0;c<n;++c){if(bins[c]>.01)o+=`<rect class="two" x="${LW+3*c}" y="${l.y-6}" width="3" height="12" opacity="${Math.min(1,.15+bins[c]).toFixed(2)}"/>`;
if(pairs[c]>.01)o+=`<rect class="telegate flat" x="${LW+3*c}" y="${l.y+2}" width="3" height="5" opacity="${Math.min(1,.2+pairs[c]).toFixed(2)}"/>`}
}else for(let i=from;i<to;++i){const it=l.items[i],kind=D.kinds[it[3]],x=Math.max(LW+(it[1]-a)*k,LW-2),
e=Math.min(LW+(it[2]-a)*k,LW+w+2),width=Math.max(e-x-.6,1.2),thin=kind[1]==='holding',
title=`${L[it[0]].n} of ${esc(D.qpus[l.q])}: ${esc(kind[0])}${it[4]!==undefined?' '+it[4]:''}, ${unit(it[1])} to ${unit(it[2])}`;
o+=`<rect class="${kind[2]} ${kind[1]||''}" x="${x.toFixed(1)}" y="${thin?l.y-1.5:l.y-6.5}" width="${width.toFixed(1)}" height="${thin?3:13}" rx="${thin?0:3}"><title>${title}</title></rect>`;
if(!kind[1]&&5.6*kind[0].length+4<=width)o+=`<text class="gatetext" x="${(x+width/2).toFixed(1)}" y="${l.y+3.2}">${esc(kind[0])}</text>`}}
let seen=0;for(const m of D.messages)if(m[3]>=a&&m[2]<=b&&++seen<400){const x=t=>(LW+(t-a)*k).toFixed(1);
o+=`<path class="message" d="M${x(m[2])} ${L[m[0]].y}L${x(m[3])} ${L[m[1]].y}"><title>bit from ${esc(D.qpus[L[m[0]].q])} to ${esc(D.qpus[L[m[1]].q])}, ${unit(m[2])} to ${unit(m[3])}</title></path>`}
svg.innerHTML=`<defs><clipPath id="in-view"><rect x="${LW-2}" y="0" width="${w+4}" height="${height}"/></clipPath></defs><g clip-path="url(#in-view)">${o}</g>${text}`;
const sw=strip.clientWidth||w;const v=strip.querySelector('i');v.style.left=100*a/D.end+'%';v.style.width=Math.max(100*(b-a)/D.end,.3)+'%';
box.querySelector('output').textContent=`${unit(Math.round(a))} to ${unit(Math.round(b))} of ${unit(D.end)}`}
function view(c,d){const s=Math.min(Math.max(d-c,Math.min(1000,D.end)),D.end);a=Math.min(Math.max(c,0),D.end-s);b=a+s;requestAnimationFrame(draw)}
function zoom(f,at=(a+b)/2){view(at-(at-a)*f,at+(b-at)*f)}
const bars=strip.querySelector('canvas');function overview(){const n=bars.width=Math.max(strip.clientWidth,200),h=bars.height=34,g=bars.getContext('2d'),u=new Float64Array(n),p=new Float64Array(n);
for(const i of D.items){const kind=D.kinds[i[3]];if(kind[1]==='holding')continue;const t=kind[1]?p:u,s=i[1]/D.end*n,e=Math.max(i[2]/D.end*n,s+.02);
for(let c=Math.floor(s);c<Math.min(n,e);++c)t[c]+=Math.min(e,c+1)-Math.max(s,c)}
const css=getComputedStyle(document.documentElement);for(const[t,name,base,dir,part]of[[u,'--two',20,-1,19],[p,'--telegate',21,1,12]]){let top=1e-9;for(const z of t)top=Math.max(top,z);
g.fillStyle=css.getPropertyValue(name);for(let c=0;c<n;++c){const z=t[c]/top*part;g.fillRect(c,dir<0?base-z:base,1,z)}}}
let drag=null;svg.addEventListener('pointerdown',e=>{drag=[e.clientX,a,b];svg.setPointerCapture(e.pointerId)});
svg.addEventListener('pointermove',e=>{if(drag){const d=(drag[0]-e.clientX)*(drag[2]-drag[1])/W();view(drag[1]+d,drag[2]+d)}});
svg.addEventListener('pointerup',()=>drag=null);
svg.addEventListener('wheel',e=>{if(!e.ctrlKey&&!e.metaKey)return;e.preventDefault();const x=e.clientX-svg.getBoundingClientRect().left-LW;zoom(e.deltaY>0?1.3:1/1.3,a+x/W()*(b-a))},{passive:false});
let slide=false;const seek=e=>{const r=strip.getBoundingClientRect(),t=(e.clientX-r.left)/r.width*D.end,s=(b-a)/2;view(t-s,t+s)};
strip.addEventListener('pointerdown',e=>{slide=true;strip.setPointerCapture(e.pointerId);seek(e)});strip.addEventListener('pointermove',e=>slide&&seek(e));strip.addEventListener('pointerup',()=>slide=false);
box.addEventListener('keydown',e=>{const s=b-a,f={ArrowLeft:()=>view(a-s/4,b-s/4),ArrowRight:()=>view(a+s/4,b+s/4),'+':()=>zoom(1/1.5),'-':()=>zoom(1.5),'0':()=>view(0,D.end)}[e.key];if(f){e.preventDefault();f()}});
box.querySelectorAll('button').forEach(n=>n.onclick=()=>({in:()=>zoom(1/2),out:()=>zoom(2),all:()=>view(0,D.end)}[n.dataset.do])());
addEventListener('resize',()=>{overview();draw()});
const at=location.hash.match(/^#time=([\d.]+),([\d.]+)$/);if(at)view(at[1]*D.end,at[2]*D.end);overview();draw()})();
)js";

/// Numbers the kinds of shapes: name, "making" or "holding" for pairs, class.
class Kinds {
  public:
    std::size_t number(const std::string& name, const char* way, std::string_view style) {
        const auto [it, fresh] =
            numbers_.try_emplace(name + "/" + way + "/" + std::string(style), list.size());
        if (fresh) list.push_back({name, way, style});
        return it->second;
    }
    Json list = Json::array();

  private:
    std::map<std::string, std::size_t> numbers_;
};

class Collector {
  public:
    Collector(const DistributedProgram& program, const Timeline& timeline)
        : program_(program), timeline_(timeline), first_lane_(program.qpus.size(), -1) {}

    Json collect(bool unit_steps) {
        for (std::size_t q = 0; q < program_.qpus.size(); ++q) collect_qpu(q);
        Json messages = Json::array();
        for (const MessageTiming& m : timeline_.messages)
            if (m.scheduled() && first_lane_[m.from.value] >= 0 && first_lane_[m.to.value] >= 0)
                messages.push_back(
                    {first_lane_[m.from.value], first_lane_[m.to.value], m.send.ps, m.arrive.ps});
        Json names = Json::array();
        for (const QpuProgram& q : program_.qpus) names.push_back(q.name);
        return {{"end", std::max<std::int64_t>(timeline_.makespan.ps, 1)},
                {"steps", unit_steps},
                {"qpus", std::move(names)},
                {"lanes", std::move(lanes_)},
                {"kinds", std::move(kinds_.list)},
                {"items", std::move(items_)},
                {"messages", std::move(messages)}};
    }

  private:
    template <class Visit>
    void visit(std::size_t q, Visit&& visit) const {
        std::size_t position = 0;
        visit_instructions(program_.qpus[q], [&](const Instruction& i) {
            const TimeSpan& span = timeline_.instructions[q][position++];
            if (span.scheduled() && occupies_qubits(i.kind)) visit(i, span);
        });
    }

    void collect_qpu(std::size_t q) {
        const QpuProgram& qpu = program_.qpus[q];
        std::vector<bool> used(qpu.num_qubits(), false);
        visit(q, [&](const Instruction& i, const TimeSpan&) {
            for (const LocalQubit x : qpu.qubits(i)) used[x] = true;
        });
        std::vector<std::size_t> lane(qpu.num_qubits(), 0);
        for (LocalQubit x = 0; x < qpu.num_qubits(); ++x) {
            if (!used[x]) continue;
            lane[x] = lanes_.size();
            if (first_lane_[q] < 0) first_lane_[q] = static_cast<std::int64_t>(lanes_.size());
            lanes_.push_back({{"n", qpu.qubit_name(x)}, {"q", q}, {"c", qpu.is_comm(x)}});
        }
        std::vector<std::pair<PairId, Time>> held(qpu.num_qubits());
        visit(q, [&](const Instruction& i, const TimeSpan& span) {
            for (const LocalQubit x : qpu.qubits(i)) {
                if (held[x].first.valid() && span.start > held[x].second)
                    add(lane[x], {held[x].second, span.start},
                        kinds_.number("half waits, pair", "holding", purpose(held[x].first)),
                        held[x].first);
                held[x] = {};
                if (i.kind == InstructionKind::kPair) {
                    held[x] = {i.pair, span.end};
                    add(lane[x], span, kinds_.number("making of pair", "making", purpose(i.pair)),
                        i.pair);
                } else {
                    add(lane[x], span, kinds_.number(short_label(i), "", fill_class(i)), {});
                }
            }
        });
    }

    std::string purpose(PairId p) const {
        return std::string(purpose_name(program_.pairs[p.value].purpose));
    }

    void add(std::size_t lane, TimeSpan span, std::size_t kind, PairId pair) {
        Json item = {lane, span.start.ps, span.end.ps, kind};
        if (pair.valid()) item.push_back(pair.value);
        items_.push_back(std::move(item));
    }

    const DistributedProgram& program_;
    const Timeline& timeline_;
    std::vector<std::int64_t> first_lane_;  ///< by QPU; -1 without lanes
    Kinds kinds_;
    Json lanes_ = Json::array(), items_ = Json::array();
};

std::size_t count_shapes(const DistributedProgram& program) {
    std::size_t n = 0;
    for (const QpuProgram& qpu : program.qpus)
        visit_instructions(qpu, [&n](const Instruction& i) { n += occupies_qubits(i.kind); });
    return n;
}

/// JSON that cannot end the element it stands in.
std::string inside_script(const Json& data) {
    std::string out;
    for (const char c : data.dump(-1, ' ', false, Json::error_handler_t::replace))
        out += c == '<' ? std::string("\\u003c") : std::string(1, c);
    return out;
}

}  // namespace

std::string_view explorer_style() {
    return R"(#explorer{padding:12px}#explorer .tools{display:flex;gap:8px;align-items:center;margin:0 0 8px}
#explorer button{font:inherit;min-width:34px;padding:1px 9px;border:1px solid var(--line);border-radius:7px;
background:var(--card);color:var(--ink);cursor:pointer}
#explorer output{color:var(--soft);font-size:13px;margin-left:auto;font-variant-numeric:tabular-nums}
#explorer .strip{position:relative;height:36px;border:1px solid var(--line);border-radius:7px;overflow:hidden;
cursor:ew-resize;margin:0 0 8px;touch-action:none}
#explorer canvas{width:100%;height:34px;display:block}
#explorer .strip i{position:absolute;top:0;bottom:0;background:var(--accent);opacity:.2;
border:solid var(--ink);border-width:0 1px}
#explorer .view{max-height:760px;overflow-y:auto}
#explorer svg{cursor:grab;user-select:none;touch-action:pan-y}
#explorer text.comm{fill:var(--telegate);stroke:none}.picture .flat{stroke:none}
)";
}

std::string timeline_explorer(const DistributedProgram& program, const Timeline& timeline,
                              bool unit_steps, std::size_t most_shapes) {
    const std::size_t shapes = count_shapes(program);
    if (shapes == 0 || shapes > most_shapes) return {};
    const Json data = Collector(program, timeline).collect(unit_steps);
    if (data["items"].empty() || data["lanes"].size() > kMostLanes) return {};
    std::string out =
        "<div class=\"frame\" id=\"explorer\" tabindex=\"0\" role=\"group\" aria-label=\"Timeline: "
        "arrow keys move, plus and minus zoom, 0 shows all\">\n<div class=\"tools\">"
        "<button data-do=\"out\" aria-label=\"zoom out\">−</button>"
        "<button data-do=\"in\" aria-label=\"zoom in\">+</button>"
        "<button data-do=\"all\">all</button><output></output></div>\n"
        "<div class=\"strip\"><canvas></canvas><i></i></div>\n"
        "<div class=\"view\"><svg class=\"picture lanes\"></svg></div></div>\n";
    out += "<script type=\"application/json\" id=\"timeline-data\">" + inside_script(data) +
           "</script>\n<script>" + std::string(kScript) + "</script>\n";
    return out;
}

}  // namespace carillon
