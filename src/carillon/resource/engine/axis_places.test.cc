// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/axis_places.h"

#include <gtest/gtest.h>

namespace carillon::engine {
namespace {

TEST(AxisPlaces, the_last_axis_takes_the_number_of_a_removed_one) {
    AxisPlaces places(4);
    places.take_place(1);
    places.remove(1);
    EXPECT_EQ(places.axes(), 3);
    EXPECT_EQ(places.places(), 3);
    EXPECT_EQ(places.place_of(0), 0);
    EXPECT_EQ(places.place_of(2), 1);  // moved down
    EXPECT_EQ(places.place_of(1), 2);  // was axis 3
    EXPECT_EQ(places.axis_at(2), 1);
}

TEST(AxisPlaces, a_new_axis_has_no_place_until_it_is_given_one) {
    AxisPlaces places(2);
    places.add();
    places.add();
    EXPECT_EQ(places.without(), 0b1100U);
    places.give_place(3);
    EXPECT_EQ(places.axis_at(2), 3);
    EXPECT_EQ(places.without(), 0b0100U);
    places.exchange(0, 2);
    EXPECT_EQ(places.place_of(3), 0);
    EXPECT_EQ(places.place_of(0), 2);
    places.remove(2);  // axis 3 becomes axis 2
    EXPECT_EQ(places.axis_at(0), 2);
    EXPECT_EQ(places.without(), 0U);
}

TEST(AxisPlaces, the_last_axis_is_removed_like_any_other) {
    AxisPlaces places(2);
    places.take_place(1);
    places.remove(1);
    EXPECT_EQ(places.axes(), 1);
    EXPECT_EQ(places.place_of(0), 0);
}

TEST(AxisPlaces, bits_are_put_where_a_mask_has_them_and_taken_out) {
    EXPECT_EQ(deposit(0b101, 0b11010), 0b10010U);
    EXPECT_EQ(deposit(0b111, 0b11), 0b11U);
    EXPECT_EQ(without_bit(0b11010, 1), 0b1100U);
    EXPECT_EQ(without_bit(0b11010, 0), 0b1101U);
    EXPECT_EQ(without_bit(0b11010, 4), 0b1010U);
}

}  // namespace
}  // namespace carillon::engine
