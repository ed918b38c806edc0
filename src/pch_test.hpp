// The sources' precompiled header and GoogleTest, for test programs.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pch.hpp"
