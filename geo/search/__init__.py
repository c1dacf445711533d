"""Finding what a project knows by the words a person types: names, codes, addresses, pinyin."""
