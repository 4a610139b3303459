// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/json_position.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_set>
#include <utility>

namespace carillon {

namespace {

constexpr std::string_view kEnd = ",]} \t\r\n";  ///< ends a number or a word
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Keys of one object: a list while they are few, as they nearly always are.
class KeySet {
  public:
    bool contains(const std::string& key) const {
        if (!many_.empty()) return many_.contains(key);
        return std::find(few_.begin(), few_.end(), key) != few_.end();
    }
    void insert(std::string key) {
        constexpr std::size_t kFew = 24;
        if (many_.empty() && few_.size() < kFew) {
            few_.push_back(std::move(key));
            return;
        }
        if (many_.empty()) many_.insert(few_.begin(), few_.end());
        many_.insert(std::move(key));
    }

  private:
    std::vector<std::string> few_;
    std::unordered_set<std::string> many_;
};

/// Walks over valid JSON.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : text_(text) {
        if (text.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
        space();
    }

    std::size_t at() const { return at_; }
    char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    /// Past `{` or `[` and what follows it.
    void enter() { step(); }
    /// Past `,`; false at the closing bracket, which is left behind as well.
    bool next() {
        const bool more = here() == ',';
        step();
        return more;
    }
    bool closing() const { return here() == '}' || here() == ']'; }

    /// Reads `"key":` and stops at the value.
    std::string key() {
        const std::size_t begin = at_;
        skip_string();
        const std::string_view token = text_.substr(begin, at_ - begin);
        space();
        step();  // the colon
        if (token.find('\\') == token.npos) return std::string(token.substr(1, token.size() - 2));
        return nlohmann::json::parse(token).get<std::string>();
    }

    /// Past a value; `on_duplicate(offset, key)` is told of keys met twice in an object.
    template <class F>
    void skip_value(F&& on_duplicate) {
        if (here() == '{') {
            KeySet keys;
            enter();
            if (closing()) return step();
            do {
                const std::size_t key_at = at_;
                std::string name = key();
                if (keys.contains(name)) on_duplicate(key_at, name);
                keys.insert(std::move(name));
                skip_value(on_duplicate);
            } while (next());
        } else if (here() == '[') {
            enter();
            if (closing()) return step();
            do {
                skip_value(on_duplicate);
            } while (next());
        } else if (here() == '"') {
            skip_string();
            space();
        } else {
            while (at_ < text_.size() && kEnd.find(text_[at_]) == std::string_view::npos) ++at_;
            space();
        }
    }
    void skip_value() {
        skip_value([](std::size_t, const std::string&) {});
    }

  private:
    void space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
    void step() {
        ++at_;
        space();
    }
    void skip_string() {
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\') ++at_;
        }
        ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

SourcePosition position_at(std::string_view text, std::size_t offset, const std::string& file) {
    SourcePosition position{file, 1, 1};
    for (const char c : text.substr(0, offset)) {
        if (c == '\n') {
            ++position.line;
            position.column = 1;
        } else if ((static_cast<unsigned char>(c) & 0xc0) !=
                   0x80) {  // not inside a UTF-8 character
            ++position.column;
        }
    }
    return position;
}

void check_depth(std::string_view text, std::size_t most, const std::string& file) {
    std::size_t depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"') {
            for (++i; i < text.size() && text[i] != '"'; ++i) {
                if (text[i] == '\\') ++i;
            }
        } else if (c == '{' || c == '[') {
            if (++depth > most) {
                throw InputError(position_at(text, i, file),
                                 "nested deeper than " + std::to_string(most) + " levels");
            }
        } else if ((c == '}' || c == ']') && depth > 0) {
            --depth;
        }
    }
}

void check_duplicate_keys(std::string_view text, const std::string& file) {
    Scanner(text).skip_value([&](std::size_t offset, const std::string& key) {
        throw InputError(position_at(text, offset, file), "key \"" + key + "\" is given twice");
    });
}

std::size_t locate(std::string_view text, const std::vector<JsonStep>& steps, bool at_key) {
    Scanner scanner(text);
    for (std::size_t s = 0; s < steps.size(); ++s) {
        scanner.enter();
        if (const auto* name = std::get_if<std::string>(&steps[s])) {
            while (true) {
                const std::size_t key_offset = scanner.at();
                const bool found = scanner.key() == *name;
                if (found && at_key && s + 1 == steps.size()) return key_offset;
                if (found) break;
                scanner.skip_value();
                scanner.next();
            }
        } else {
            for (std::size_t i = 0; i < std::get<std::size_t>(steps[s]); ++i) {
                scanner.skip_value();
                scanner.next();
            }
        }
    }
    return scanner.at();
}

}  // namespace carillon
