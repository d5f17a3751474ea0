# METADATA
# title: The rules of the house
# description: Whatever lies below reads a candidate's facts, but for what says that it reads rows.
# scope: subpackages
# schemas:
#   - input: schema.candidate
package aios
