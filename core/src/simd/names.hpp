// SPDX-License-Identifier: MIT
// Names that carry the instruction set: ANISOAP_JOIN(backend_, ANISOAP_ISA).
#pragma once

#define ANISOAP_JOIN_(a, b) a##b
#define ANISOAP_JOIN(a, b) ANISOAP_JOIN_(a, b)
#define ANISOAP_TEXT_(a) #a
#define ANISOAP_TEXT(a) ANISOAP_TEXT_(a)
