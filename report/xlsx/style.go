package xlsx

import (
	"github.com/xuri/excelize/v2"

	"github.com/grantgraph/grantgraph/rules"
)

// styles are the cell styles of a workbook, by number.
type styles struct {
	plain, head, title, heading, label, link, wrap, figure, number, count, day, moment, warn int

	severity map[rules.Severity]int
	heat     [6]int
}

func newStyles(f *excelize.File) (styles, error) {
	s := styles{severity: map[rules.Severity]int{}}
	top := &excelize.Alignment{Vertical: "top"}
	wrap := &excelize.Alignment{Vertical: "top", WrapText: true}
	apart := &excelize.Alignment{Vertical: "top", Horizontal: "right", Indent: 1} // from the text of the next column
	grid := excelize.Border{Type: "bottom", Color: "C3CBD5", Style: 1}
	day, moment := "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
	var err error
	add := func(to *int, st excelize.Style) {
		if st.Font == nil {
			st.Font = &excelize.Font{}
		}
		if st.Font.Family = "Calibri"; st.Font.Size == 0 {
			st.Font.Size = 11
		}
		if err == nil {
			*to, err = f.NewStyle(&st)
		}
	}
	add(&s.plain, excelize.Style{Alignment: top})
	add(&s.head, excelize.Style{Font: &excelize.Font{Bold: true}, Fill: fill("E8EEF6"), Alignment: wrap, Border: []excelize.Border{grid}})
	add(&s.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}})
	add(&s.heading, excelize.Style{Font: &excelize.Font{Bold: true, Size: 12}, Border: []excelize.Border{grid}})
	add(&s.label, excelize.Style{Font: &excelize.Font{Color: "586474"}, Alignment: top})
	add(&s.link, excelize.Style{Font: &excelize.Font{Color: "1A56B0", Underline: "single"}, Alignment: top})
	add(&s.wrap, excelize.Style{Alignment: wrap})
	add(&s.warn, excelize.Style{Font: &excelize.Font{Color: "7A4F00"}, Fill: fill("FDF5E4"), Alignment: wrap})
	add(&s.figure, excelize.Style{Alignment: apart})
	add(&s.number, excelize.Style{NumFmt: 3, Alignment: apart})
	add(&s.count, excelize.Style{NumFmt: 3, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}})
	add(&s.day, excelize.Style{CustomNumFmt: &day, Alignment: top})
	add(&s.moment, excelize.Style{CustomNumFmt: &moment, Alignment: &excelize.Alignment{Vertical: "top", Horizontal: "left"}})
	for _, c := range []struct {
		severity   rules.Severity
		ink, paper string
	}{
		{rules.Critical, "FFFFFF", "8F1420"},
		{rules.High, "7A2503", "FBD9C8"},
		{rules.Medium, "664400", "FBEFCB"},
		{rules.Low, "1B4B7D", "DCE9F8"},
		{rules.Info, "46505E", "EDF0F3"},
	} {
		var n int
		add(&n, excelize.Style{Font: &excelize.Font{Bold: true, Color: c.ink}, Fill: fill(c.paper), Alignment: top})
		s.severity[c.severity] = n
	}
	for i, paper := range []string{"E8EEF6", "FDEADB", "FBD3B4", "F3A978", "DC6B3C", "A8321B"} {
		ink := "18212D"
		if i > 3 {
			ink = "FFFFFF"
		}
		add(&s.heat[i], excelize.Style{Font: &excelize.Font{Color: ink}, Fill: fill(paper), NumFmt: 3, Alignment: &excelize.Alignment{Horizontal: "center"}})
	}
	return s, err
}

func fill(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}
