module halxml

go 1.26
